/** The demo's people to be, on a development chain only. */
import { useResource } from "../../app/useResource.js";
import { useApp } from "../../app/context.js";
import { accountShown } from "../../app/amounts.js";
import { devnetWallets } from "../../api/client.js";
import type { DevnetWallet } from "../../api/types.js";
import { Badge } from "../../components/Banner.js";
import { Card } from "../../components/Card.js";
import { Icon } from "../../components/Icon.js";
import { ResourceView } from "../../components/ResourceView.js";
import { connectDemoWallet } from "../../flows/demoWallets.js";
import { useTexts, useWords } from "../../texts/index.js";
import type { Connection } from "../../wallet/connection.js";
import { ACCOUNT_WORDS } from "./words.js";

export interface DemoWalletsProps {
  readonly busy: boolean;
  readonly onChoose: (name: string, connect: () => Promise<Connection>) => Promise<void>;
}

/** Shown before the reader asks for all of them. */
const FIRST_SHOWN = 6;

export function DemoWallets({ busy, onChoose }: DemoWalletsProps) {
  const app = useApp();
  const words = useWords(ACCOUNT_WORDS);
  const { demo } = useTexts();
  const wallets = useResource("devnet/wallets", () => devnetWallets(app.http));
  return (
    <Card title={words.demo} aside={<Badge tone="warn">{demo.badge}</Badge>}>
      <p class="quiet small">{words.demoText}</p>
      <ResourceView resource={wallets}>
        {(all) => (
          <>
            <WalletList wallets={all.slice(0, FIRST_SHOWN)} busy={busy} onChoose={onChoose} />
            {all.length > FIRST_SHOWN && (
              <details class="as-table">
                <summary>
                  {words.demoMore} ({all.length})
                </summary>
                <WalletList wallets={all.slice(FIRST_SHOWN)} busy={busy} onChoose={onChoose} />
              </details>
            )}
          </>
        )}
      </ResourceView>
    </Card>
  );
}

function WalletList({ wallets, busy, onChoose }: DemoWalletsProps & { readonly wallets: readonly DevnetWallet[] }) {
  const app = useApp();
  const words = useWords(ACCOUNT_WORDS);
  return (
    <ul>
      {wallets.map((wallet) => (
        <li key={wallet.account}>
          <button
            type="button"
            class="menu-item"
            disabled={busy}
            onClick={() => onChoose(wallet.name, () => connectDemoWallet(app, wallet))}
          >
            <Icon name={wallet.role === "member" ? "home" : "operator"} />
            <span class="grow two-lines">
              {wallet.name}
              <span class="quiet small num">
                {words.roles[wallet.role] ?? wallet.role} · {accountShown(wallet.account)}
              </span>
            </span>
            <Icon name="right" />
          </button>
        </li>
      ))}
    </ul>
  );
}
