/** Everybody's prices: the grid's of today, and what became of past intervals. */
import { useState } from "preact/hooks";
import { marketIntervals } from "../../api/client.js";
import type { GridPrices, IntervalResult, IntervalResults } from "../../api/types.js";
import { priceShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { clockText } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Card } from "../../components/Card.js";
import { StepLines } from "../../components/charts/StepLines.js";
import { AsTable } from "../../components/DataTable.js";
import { ResourceView } from "../../components/ResourceView.js";
import { SkeletonCard } from "../../components/states.js";
import { PriceStat } from "../../components/PriceStat.js";
import { decimalText } from "../../formatting.js";
import { useWords } from "../../texts/index.js";
import { CurvesDialog } from "./CurvesDialog.js";
import { History } from "./History.js";
import { priceNow, useGridPrices } from "./useMarket.js";
import { MARKET_WORDS } from "./words.js";

/** A day of quarters of an hour, and the longest page of the server's. */
const RECENT = 100;

export function Prices() {
  const { http } = useApp();
  const prices = useGridPrices();
  const recent = useResource("market/recent", (abort) => marketIntervals(http, undefined, RECENT, abort), {
    refreshOn: ["cleared", "settled"],
    everySeconds: 120,
  });
  const [opened, setOpened] = useState<IntervalResult | undefined>();
  return (
    <div class="grid">
      <ResourceView resource={prices} skeleton={<SkeletonCard lines={1} height={12} />}>
        {(data) => <DayCard prices={data} results={recent.data} onOpen={setOpened} />}
      </ResourceView>
      <ResourceView resource={recent} skeleton={<SkeletonCard lines={6} />}>
        {(data) => <History first={data} onOpen={setOpened} />}
      </ResourceView>
      {opened && (
        <CurvesDialog
          result={opened}
          onClose={() => {
            setOpened(undefined);
          }}
        />
      )}
    </div>
  );
}

interface DayCardProps {
  readonly prices: GridPrices;
  readonly results: IntervalResults | undefined;
  readonly onOpen: (result: IntervalResult) => void;
}

function DayCard({ prices, results, onOpen }: DayCardProps) {
  const { preferences, clock } = useApp();
  const { zone, interval_minutes } = useCommunity();
  const words = useWords(MARKET_WORDS);
  const language = preferences.language.value;
  const length = interval_minutes * 60;
  const byInterval = new Map((results?.items ?? []).map((item) => [item.interval, item]));
  const current = priceNow(prices, clock.now.value, length);
  const nowAt = prices.items.findIndex((item) => item === current);
  const shown = (price: number | null | undefined): string =>
    price === null || price === undefined ? "–" : priceShown(price, language);
  const span = (start: number): string =>
    `${clockText(start, zone, language)}–${clockText(start + length, zone, language)}`;
  return (
    <Card title={words.today}>
      <div class="stack">
        {current && (
          <div class="stats">
            <PriceStat label={words.retail} price={current.retail} dot="--flow-grid" />
            <PriceStat label={words.feedIn} price={current.feed_in} dot="--flow-sold" />
          </div>
        )}
        {current && current.network_fee > 0 && (
          <p class="small quiet">{words.fee(priceShown(current.network_fee, language))}</p>
        )}
        <StepLines
          label={words.today}
          hint={words.chartHint}
          unit="c€/kWh"
          series={[
            { label: words.retail, colour: "--flow-grid" },
            { label: words.local, colour: "--flow-local" },
            { label: words.feedIn, colour: "--flow-sold" },
          ]}
          points={prices.items.map((item) => ({
            key: item.interval,
            label: clockText(item.start, zone, language),
            title: span(item.start),
            values: [item.retail, byInterval.get(item.interval)?.price ?? undefined, item.feed_in],
          }))}
          amount={(price) => priceShown(price, language)}
          tick={(price) => decimalText(Math.round(price), 4, language)}
          nowAt={nowAt < 0 ? undefined : nowAt}
          nowLabel={words.nowMark}
          onPick={(interval) => {
            const result = byInterval.get(interval);
            if (result) onOpen(result);
          }}
        />
        <AsTable
          caption={words.today}
          rows={prices.items}
          keyOf={(item) => item.interval}
          isActive={(item) => item === current}
          columns={[
            { title: words.column.time, cell: (item) => span(item.start) },
            { title: words.retail, numeric: true, cell: (item) => shown(item.retail) },
            { title: words.local, numeric: true, cell: (item) => shown(byInterval.get(item.interval)?.price) },
            { title: words.feedIn, numeric: true, cell: (item) => shown(item.feed_in) },
          ]}
        />
      </div>
    </Card>
  );
}
