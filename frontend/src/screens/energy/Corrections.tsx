/** Readings of the time shown that the metering operator put right: what stood there before, and what that is worth. */
import type { Correction, Energy } from "../../api/types.js";
import { energyShown, moneySigned } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { show } from "../../app/time.js";
import { Card } from "../../components/Card.js";
import { DataTable } from "../../components/DataTable.js";
import { useWords } from "../../texts/index.js";
import { ENERGY_WORDS } from "./words.js";

export function Corrections({ data }: { readonly data: Energy }) {
  const language = useApp().preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(ENERGY_WORDS).corrections;
  if (data.corrections.length === 0) return null;
  const makes = data.corrections.some((one) => one.production_wh > 0 || one.before_production_wh > 0);
  const moment = (unix: number): string =>
    show(unix, zone, language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const change = (before: number, now: number): string =>
    before === now ? energyShown(now, language) : `${energyShown(before, language)} → ${energyShown(now, language)}`;
  return (
    <Card title={words.title}>
      <p class="small quiet">{words.text}</p>
      <DataTable<Correction>
        caption={words.title}
        rows={data.corrections}
        keyOf={(one) => `${one.interval}/${one.at}/${one.production_wh}/${one.consumption_wh}`}
        columns={[
          { title: words.when, cell: (one) => moment(one.start) },
          { title: words.used, numeric: true, cell: (one) => change(one.before_consumption_wh, one.consumption_wh) },
          ...(makes
            ? [
                {
                  title: words.made,
                  numeric: true,
                  cell: (one: Correction) => change(one.before_production_wh, one.production_wh),
                },
              ]
            : []),
          { title: words.money, numeric: true, cell: (one) => moneySigned(one.value_neur, language) },
          { title: words.reason, cell: (one) => words.reasonAt(one.reason, moment(one.at)) },
        ]}
      />
    </Card>
  );
}
