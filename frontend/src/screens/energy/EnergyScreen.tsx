/** Energy over a day, week, month or year: how much, from whom, to whom, and the files of it. */
import { energy } from "../../api/client.js";
import type { Energy, Period } from "../../api/types.js";
import { useApp, useCommunity } from "../../app/context.js";
import { hrefOf } from "../../app/router.js";
import type { ScreenProps } from "../../app/screenTypes.js";
import { dayOf } from "../../app/time.js";
import { useParticipant } from "../../app/useParticipant.js";
import { useResource } from "../../app/useResource.js";
import { Card } from "../../components/Card.js";
import { PeriodBar } from "../../components/PeriodBar.js";
import { ResourceView } from "../../components/ResourceView.js";
import { EmptyState, SkeletonCard } from "../../components/states.js";
import { Tabs } from "../../components/Tabs.js";
import { useWords } from "../../texts/index.js";
import { Corrections } from "./Corrections.js";
import { Downloads } from "./Downloads.js";
import { EnergyChart } from "./EnergyChart.js";
import { dateOf, firstDayOf, PERIODS, periodOf } from "./period.js";
import { SupplyCards } from "./SupplyCards.js";
import { Totals } from "./Totals.js";
import { ENERGY_WORDS } from "./words.js";

export default function EnergyScreen({ query }: ScreenProps) {
  const { http, router, clock } = useApp();
  const { zone } = useCommunity();
  const { participant } = useParticipant();
  const words = useWords(ENERGY_WORDS);
  const period = periodOf(query.get("period"));
  const today = dayOf(clock.now.value, zone);
  const date = dateOf(query.get("date")) ?? today;
  const resource = useResource(
    `energy/${participant}/${period}/${firstDayOf(date, period)}`,
    (abort) => energy(http, participant, period, date, abort),
    { refreshOn: date === today ? ["readings", "corrected", "settled"] : ["corrected", "settled"] },
  );
  const go = (nextPeriod: Period, nextDate: string): void => {
    router.go(hrefOf("energy", { period: nextPeriod, date: nextDate }), { replace: true });
  };
  return (
    <>
      <div class="page-head">
        <h1>{words.title}</h1>
        <Tabs
          label={words.period}
          value={period}
          choices={PERIODS.map((value) => ({ value, label: words.periods[value] }))}
          onChange={(value) => {
            go(value, date);
          }}
        />
      </div>
      <PeriodBar
        period={period}
        date={date}
        today={today}
        words={words}
        onGo={(day) => {
          go(period, day);
        }}
      />
      <ResourceView resource={resource} skeleton={<Waiting />}>
        {(data) => <Shown data={data} date={date} />}
      </ResourceView>
    </>
  );
}

function Shown({ data, date }: { readonly data: Energy; readonly date: string }) {
  const words = useWords(ENERGY_WORDS);
  const empty = data.buckets.every((bucket) => bucket.read === 0);
  return (
    <div class="grid">
      {empty ? (
        <Card>
          <EmptyState icon="energy" title={words.empty} text={words.emptyText} />
        </Card>
      ) : (
        <>
          <Card>
            <div class="stack">
              <Totals data={data} />
              <EnergyChart data={data} />
            </div>
          </Card>
          <Corrections data={data} />
          <SupplyCards data={data} />
        </>
      )}
      <Downloads data={data} date={date} />
    </div>
  );
}

function Waiting() {
  return (
    <div class="grid">
      <SkeletonCard lines={2} height={8} />
      <SkeletonCard lines={3} height={2} />
    </div>
  );
}
