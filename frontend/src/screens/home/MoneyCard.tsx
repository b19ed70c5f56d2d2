/** What the neighbours changed in the month's money. */
import type { Flows } from "../../api/types.js";
import { moneyShown, moneySigned } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { hrefOf } from "../../app/router.js";
import { ButtonLink } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Stat } from "../../components/Stat.js";
import { balanceOf } from "../../domain/flows.js";
import { useWords } from "../../texts/index.js";
import { HOME_WORDS } from "./words.js";

export function MoneyCard({ month, today }: { readonly month: Flows; readonly today: Flows }) {
  const language = useApp().preferences.language.value;
  const { collects_grid } = useCommunity();
  const words = useWords(HOME_WORDS);
  const balance = balanceOf(month);
  const alone = BigInt(month.grid_only_neur);
  const earns = balance > 0n;
  const note =
    alone < 0n ? words.alonePaid(moneyShown(-alone, language)) : words.aloneEarned(moneyShown(alone, language));
  return (
    <Card title={words.money}>
      <div class="stack">
        <div class="stats">
          <Stat
            label={words.saved}
            value={moneyShown(month.saved_neur, language)}
            note={words.savedToday(moneySigned(today.saved_neur, language))}
            dot="--flow-local"
          />
          <Stat
            label={earns ? words.earned : words.paid}
            value={moneyShown(earns ? balance : -balance, language)}
            note={note}
          />
        </div>
        {!collects_grid && <p class="small quiet">{words.valued}</p>}
        <div>
          <ButtonLink look="plain" small icon="market" href={hrefOf("market")}>
            {words.toMarket}
          </ButtonLink>
        </div>
      </div>
    </Card>
  );
}
