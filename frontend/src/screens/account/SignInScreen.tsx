/** Choosing a wallet and signing in with it. */
import { useState } from "preact/hooks";
import { accountShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { hrefOf } from "../../app/router.js";
import type { ScreenProps } from "../../app/screenTypes.js";
import { Banner } from "../../components/Banner.js";
import { Button, ButtonLink } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { EmptyState } from "../../components/states.js";
import { failureText } from "../../flows/failureText.js";
import { signIn } from "../../flows/signIn.js";
import { useTexts, useWords } from "../../texts/index.js";
import type { Connection } from "../../wallet/connection.js";
import { DemoWallets } from "./DemoWallets.js";
import { ACCOUNT_WORDS } from "./words.js";

type Step =
  | { readonly name: "choose" }
  | { readonly name: "connecting" | "signing"; readonly wallet: string }
  | { readonly name: "failed"; readonly text: string };

export default function SignInScreen({ query }: ScreenProps) {
  const app = useApp();
  const community = useCommunity();
  const texts = useTexts();
  const words = useWords(ACCOUNT_WORDS);
  const [step, setStep] = useState<Step>({ name: "choose" });
  const busy = step.name === "connecting" || step.name === "signing";
  const me = app.session.me.value;

  async function enter(name: string, connect: () => Promise<Connection>): Promise<void> {
    setStep({ name: "connecting", wallet: name });
    try {
      const wallet = await connect();
      setStep({ name: "signing", wallet: name });
      await signIn(app, wallet);
      app.toasts.show(words.done(app.session.me.value?.name ?? null), "good");
      app.router.go(query.get("to") ?? "", { replace: true });
    } catch (failure) {
      setStep({ name: "failed", text: failureText(failure, app, texts) });
    }
  }

  const demo = community.devnet && <DemoWallets busy={busy} onChoose={enter} />;
  const demoFirst = app.wallets.announced.value.length === 0;
  return (
    <div class="stack narrow">
      <div class="page-head">
        <h1>{words.title}</h1>
      </div>
      <p class="quiet">{words.lead}</p>
      {me && (
        <Banner
          icon="check"
          tone="good"
          action={
            <ButtonLink small look="quiet" href={hrefOf("")}>
              {words.goHome}
            </ButtonLink>
          }
        >
          {words.already(accountShown(me.wallet))}
        </Banner>
      )}
      <div role="status">
        {busy && (
          <Banner icon="wallet">
            <strong>{words[step.name](step.wallet)}</strong> {step.name === "signing" && words.signingHint}
          </Banner>
        )}
        {step.name === "failed" && (
          <Banner icon="alert" tone="bad">
            {step.text}
          </Banner>
        )}
      </div>
      {demoFirst && demo}
      <WalletCard busy={busy} onChoose={(id, name) => enter(name, () => app.wallets.connect(id))} />
      {!demoFirst && demo}
    </div>
  );
}

interface WalletCardProps {
  readonly busy: boolean;
  readonly onChoose: (id: string, name: string) => void;
}

function WalletCard({ busy, onChoose }: WalletCardProps) {
  const words = useWords(ACCOUNT_WORDS);
  const wallets = useApp().wallets.announced.value;
  if (wallets.length === 0) {
    return (
      <Card>
        <EmptyState icon="wallet" title={words.none} text={words.noneText} />
      </Card>
    );
  }
  return (
    <Card title={words.wallets}>
      <div class="stack-tight">
        {wallets.map(({ id, name, icon }) => (
          <Button
            key={id}
            look="plain"
            wide
            disabled={busy}
            onClick={() => {
              onChoose(id, name);
            }}
          >
            {icon && <img src={icon} alt="" width="24" height="24" />}
            {words.connect(name)}
          </Button>
        ))}
      </div>
    </Card>
  );
}
