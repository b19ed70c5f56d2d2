/** Today's energy: where the use came from, where the production went. */
import type { Flows } from "../../api/types.js";
import { energyShown, percentOf, percentShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import { hrefOf } from "../../app/router.js";
import { Card } from "../../components/Card.js";
import { Split, type Share } from "../../components/Split.js";
import { pendingOf } from "../../domain/flows.js";
import { useWords } from "../../texts/index.js";
import { HOME_WORDS } from "./words.js";

export function TodayCard({ flows, basis }: { readonly flows: Flows; readonly basis: string }) {
  const language = useApp().preferences.language.value;
  const words = useWords(HOME_WORDS);
  const kind = basis === "gross" ? "gross" : "net";
  const { production_wh: made, consumption_wh: used, own_use_wh: own } = flows;
  const pending = pendingOf(flows);
  const share = (label: string, amount: number, whole: number, colour: string): Share => {
    const percent = percentOf(amount, whole);
    return {
      label,
      amount,
      colour,
      shown: energyShown(amount, language),
      note: percent === undefined ? undefined : percentShown(percent, language),
    };
  };
  const aside = (
    <a href={hrefOf("energy")} class="small">
      {words.toEnergy}
    </a>
  );
  const settling = (wh: number) => wh > 0 && <p class="small quiet">{words.settling(energyShown(wh, language))}</p>;
  return (
    <Card title={words.today} aside={aside}>
      <div class="stack">
        <Split
          label={`${words.useOf} · ${energyShown(used, language)}`}
          shares={[
            ...(own > 0 ? [share(words.ownFrom[kind], own, used - pending.used, "--flow-own")] : []),
            share(words.bought, flows.bought_wh, used - pending.used, "--flow-local"),
            share(words.gridIn, flows.grid_import_wh, used - pending.used, "--flow-grid"),
          ]}
        />
        {settling(pending.used)}
        {made > 0 && (
          <Split
            label={`${words.madeOf} · ${energyShown(made, language)}`}
            shares={[
              ...(own > 0 ? [share(words.ownTo[kind], own, made - pending.made, "--flow-own")] : []),
              share(words.sold, flows.sold_wh, made - pending.made, "--flow-sold"),
              share(words.gridOut, flows.grid_export_wh, made - pending.made, "--flow-surplus"),
            ]}
          />
        )}
        {settling(pending.made)}
      </div>
    </Card>
  );
}
