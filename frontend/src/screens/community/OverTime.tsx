/** The community's energy and prices over time, as charts and as tables. */
import type { Overview } from "../../api/registry.js";
import { energyShown, priceShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { Card } from "../../components/Card.js";
import { StackedColumns } from "../../components/charts/StackedColumns.js";
import { StepLines } from "../../components/charts/StepLines.js";
import { AsTable } from "../../components/DataTable.js";
import { decimalText } from "../../formatting.js";
import { useTexts, useWords } from "../../texts/index.js";
import { columnText } from "../energy/period.js";
import { joinedBuckets } from "./buckets.js";
import { COMMUNITY } from "./words.js";

type Bucket = Overview["buckets"][number];

interface Props {
  readonly data: Overview;
}

export function EnergyOverTime({ data }: Props) {
  const language = useApp().preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(COMMUNITY);
  const units = useTexts().units;
  const wh = (value: number): string => energyShown(value, language);
  const buckets = data.period === "week" ? joinedBuckets(data.buckets) : data.buckets;
  const text = (bucket: Bucket) => columnText(bucket.start, bucket.end, data.period, zone, language);
  return (
    <Card title={words.energy} wide>
      <StackedColumns
        label={words.energy}
        hint={words.energyHint}
        unit={units.kwh}
        amount={wh}
        tick={(value) => decimalText(Math.round(value), 3, language)}
        up={[
          { label: words.ownUse, colour: "--flow-own" },
          { label: words.matched, colour: "--flow-local" },
          { label: words.gridImport, colour: "--flow-grid" },
        ]}
        down={[{ label: words.gridExport, colour: "--flow-surplus" }]}
        columns={buckets.map((bucket) => ({
          key: bucket.start,
          ...text(bucket),
          up: [bucket.own_use_wh, bucket.matched_wh, bucket.grid_import_wh],
          down: [bucket.grid_export_wh],
        }))}
      />
      <AsTable
        caption={words.energy}
        rows={buckets}
        keyOf={(bucket) => bucket.start}
        columns={[
          { title: words.time, cell: (bucket) => text(bucket).title },
          { title: words.produced, numeric: true, cell: (bucket) => wh(bucket.production_wh) },
          { title: words.used, numeric: true, cell: (bucket) => wh(bucket.consumption_wh) },
          { title: words.matched, numeric: true, cell: (bucket) => wh(bucket.matched_wh) },
          { title: words.gridImport, numeric: true, cell: (bucket) => wh(bucket.grid_import_wh) },
          { title: words.gridExport, numeric: true, cell: (bucket) => wh(bucket.grid_export_wh) },
        ]}
      />
    </Card>
  );
}

export function PricesOverTime({ data }: Props) {
  const language = useApp().preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(COMMUNITY);
  const units = useTexts().units;
  const shown = (price: number): string => priceShown(price, language);
  const text = (bucket: Bucket) => columnText(bucket.start, bucket.end, data.period, zone, language);
  const cell = (price: number | null): string => (price === null ? units.none : shown(price));
  if (!data.buckets.some(({ price, retail }) => price !== null || retail !== null)) return null;
  return (
    <Card
      title={words.prices}
      aside={
        <span class="quiet small">{data.price === null ? words.noPrice : words.meanPrice(shown(data.price))}</span>
      }
      wide
    >
      <StepLines
        label={words.prices}
        hint={words.pricesHint}
        unit={units.perKwh}
        amount={shown}
        tick={(value) => decimalText(Math.round(value), 4, language)}
        series={[
          { label: words.retail, colour: "--flow-grid" },
          { label: words.local, colour: "--flow-local" },
          { label: words.feedIn, colour: "--flow-surplus" },
        ]}
        points={data.buckets.map((bucket) => ({
          key: bucket.start,
          ...text(bucket),
          values: [bucket.retail ?? undefined, bucket.price ?? undefined, bucket.feed_in ?? undefined],
        }))}
      />
      <AsTable
        caption={words.prices}
        rows={data.buckets}
        keyOf={(bucket) => bucket.start}
        columns={[
          { title: words.time, cell: (bucket) => text(bucket).title },
          { title: words.local, numeric: true, cell: (bucket) => cell(bucket.price) },
          { title: words.retail, numeric: true, cell: (bucket) => cell(bucket.retail) },
          { title: words.feedIn, numeric: true, cell: (bucket) => cell(bucket.feed_in) },
        ]}
      />
    </Card>
  );
}
