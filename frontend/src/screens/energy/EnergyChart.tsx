/** The columns of the energy screen and the same figures as a table. */
import type { Energy, EnergyBucket } from "../../api/types.js";
import { energyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import type { Series } from "../../components/charts/Legend.js";
import { StackedColumns } from "../../components/charts/StackedColumns.js";
import { AsTable } from "../../components/DataTable.js";
import { joined, pendingOf } from "../../domain/flows.js";
import { decimalText } from "../../formatting.js";
import { useWords } from "../../texts/index.js";
import { columnText } from "./period.js";
import { ENERGY_WORDS } from "./words.js";

/** Half-hours of a week are too thin to touch: two hours a column. */
const WEEK_COLUMN_S = 7_200;

interface Part extends Series {
  readonly side: "up" | "down";
  readonly of: (bucket: EnergyBucket) => number;
}

export function EnergyChart({ data }: { readonly data: Energy }) {
  const { preferences } = useApp();
  const { zone } = useCommunity();
  const words = useWords(ENERGY_WORDS);
  const language = preferences.language.value;
  const own = words.own[data.basis === "gross" ? "gross" : "net"];
  const all: readonly Part[] = [
    { side: "up", label: own, colour: "--flow-own", of: (bucket) => bucket.own_use_wh },
    { side: "up", label: words.bought, colour: "--flow-local", of: (bucket) => bucket.bought_wh },
    { side: "up", label: words.gridIn, colour: "--flow-grid", of: (bucket) => bucket.grid_import_wh },
    { side: "up", label: words.pendingUsed, colour: "--flow-pending", of: (bucket) => pendingOf(bucket).used },
    { side: "down", label: words.sold, colour: "--flow-sold", of: (bucket) => bucket.sold_wh },
    { side: "down", label: words.gridOut, colour: "--flow-surplus", of: (bucket) => bucket.grid_export_wh },
    { side: "down", label: words.pendingMade, colour: "--flow-pending", of: (bucket) => pendingOf(bucket).made },
  ];
  const columns = data.period === "week" ? joined(data.buckets, WEEK_COLUMN_S) : data.buckets;
  const parts = all.filter((part) => data.buckets.some((bucket) => part.of(bucket) > 0));
  const [up, down] = [parts.filter((part) => part.side === "up"), parts.filter((part) => part.side === "down")];
  const titleOf = (bucket: EnergyBucket): string => {
    const { title } = columnText(bucket.start, bucket.end, data.period, zone, language);
    return bucket.corrected > 0 ? words.correctedColumn(title) : title;
  };
  return (
    <>
      <StackedColumns
        label={words.chart}
        hint={words.hint}
        up={up}
        down={down}
        unit="kWh"
        amount={(wh) => energyShown(wh, language)}
        tick={(wh) => decimalText(Math.round(wh), 3, language)}
        columns={columns.map((bucket) => ({
          key: bucket.start,
          label: columnText(bucket.start, bucket.end, data.period, zone, language).label,
          title: titleOf(bucket),
          up: up.map((part) => part.of(bucket)),
          down: down.map((part) => part.of(bucket)),
        }))}
      />
      <AsTable
        caption={words.chart}
        rows={columns.filter((bucket) => bucket.read > 0)}
        keyOf={(bucket) => bucket.start}
        columns={[
          { title: words.column.time, cell: titleOf },
          ...parts.map((part) => ({
            title: part.label,
            numeric: true,
            cell: (bucket: EnergyBucket) => energyShown(part.of(bucket), language),
          })),
        ]}
      />
    </>
  );
}
