/** Community: what all make and use together, in sums that tell nobody's own figures. */
import { overview, type Overview } from "../../api/registry.js";
import type { Period } from "../../api/types.js";
import { energyShown, moneyShown, percentOf, percentShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { kindOf } from "../../app/kinds.js";
import { hrefOf } from "../../app/router.js";
import type { ScreenProps } from "../../app/screenTypes.js";
import { dayOf } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Card } from "../../components/Card.js";
import { PeriodBar } from "../../components/PeriodBar.js";
import { ResourceView } from "../../components/ResourceView.js";
import { Split } from "../../components/Split.js";
import { Stat } from "../../components/Stat.js";
import { EmptyState } from "../../components/states.js";
import { Tabs } from "../../components/Tabs.js";
import { useTexts, useWords } from "../../texts/index.js";
import { dateOf, firstDayOf, PERIODS, periodOf } from "../energy/period.js";
import { EnergyOverTime, PricesOverTime } from "./OverTime.js";
import { COMMUNITY } from "./words.js";

const PPM = 1_000_000;

export default function CommunityScreen({ query }: ScreenProps) {
  const { http, router, clock } = useApp();
  const { zone, name } = useCommunity();
  const words = useWords(COMMUNITY);
  const period = periodOf(query.get("period") ?? "month");
  const today = dayOf(clock.now.value, zone);
  const date = dateOf(query.get("date")) ?? today;
  const resource = useResource(
    `overview/${period}/${firstDayOf(date, period)}`,
    (abort) => overview(http, period, date, abort),
    { refreshOn: ["settled"] },
  );
  const go = (nextPeriod: Period, nextDate: string): void => {
    router.go(hrefOf("community", { period: nextPeriod, date: nextDate }), { replace: true });
  };
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.title(name)}</h1>
          <p class="quiet">{words.lead}</p>
        </div>
        <Tabs
          label={words.period}
          value={period}
          choices={PERIODS.map((value) => ({ value, label: words.periods[value] }))}
          onChange={(value) => {
            go(value, date);
          }}
        />
      </header>
      <PeriodBar
        period={period}
        date={date}
        today={today}
        words={words.bar}
        onGo={(day) => {
          go(period, day);
        }}
      />
      <ResourceView resource={resource}>{(data) => <Shown data={data} />}</ResourceView>
    </>
  );
}

function Shown({ data }: { readonly data: Overview }) {
  const words = useWords(COMMUNITY);
  const nothing = data.buckets.every(({ production_wh: made, consumption_wh: used }) => made === 0 && used === 0);
  return (
    <div class="grid grid-main">
      <Counts data={data} />
      {data.withheld ? (
        <Card>
          <EmptyState icon="community" title={words.withheldTitle} text={words.withheld} />
        </Card>
      ) : nothing ? (
        <Card>
          <EmptyState icon="clock" title={words.emptyTitle} text={words.empty} />
        </Card>
      ) : (
        <>
          <Rates data={data} />
          <Mix data={data} />
          <EnergyOverTime data={data} />
        </>
      )}
      <PricesOverTime data={data} />
    </div>
  );
}

function Counts({ data }: { readonly data: Overview }) {
  const language = useApp().preferences.language.value;
  const words = useWords(COMMUNITY);
  return (
    <Card hero wide>
      <div class="stats">
        <Stat size="l" label={words.members} value={String(data.members)} />
        <Stat size="l" label={words.points} value={String(data.participants)} />
        <Stat size="l" label={words.producers} value={String(data.producers)} />
        {!data.withheld && (
          <Stat size="l" label={words.saved} value={moneyShown(data.saved_neur, language)} note={words.savedNote} />
        )}
      </div>
    </Card>
  );
}

function Rates({ data }: { readonly data: Overview }) {
  const language = useApp().preferences.language.value;
  const words = useWords(COMMUNITY);
  const wh = (value: number): string => energyShown(value, language);
  const rate = (ppm: number | null): string => (ppm === null ? "–" : percentShown(percentOf(ppm, PPM) ?? 0, language));
  const part = (label: string, amount: number, colour: string) => ({ label, amount, shown: wh(amount), colour });
  return (
    <Card title={words.rates}>
      <div class="stack">
        <div class="stats">
          <Stat
            size="l"
            label={words.selfSufficiency}
            value={rate(data.self_sufficiency_ppm)}
            note={words.selfSufficiencyNote(wh(data.consumption_wh))}
          />
          <Stat
            size="l"
            label={words.selfConsumption}
            value={rate(data.self_consumption_ppm)}
            note={words.selfConsumptionNote(wh(data.production_wh))}
          />
        </div>
        <Split
          label={words.where}
          shares={[
            part(words.ownUse, data.own_use_wh, "--flow-own"),
            part(words.matched, data.matched_wh, "--flow-local"),
            part(words.gridImport, data.grid_import_wh, "--flow-grid"),
          ]}
        />
      </div>
    </Card>
  );
}

function Mix({ data }: { readonly data: Overview }) {
  const language = useApp().preferences.language.value;
  const words = useWords(COMMUNITY);
  const { kinds } = useTexts();
  const shares = data.mix.map(({ kind, production_wh: amount, plants }) => {
    const known = kindOf(kind);
    const label = data.mix.length === 1 && known === "other" ? words.allKinds : kinds[known];
    return {
      label,
      amount,
      shown: energyShown(amount, language),
      note: words.plants(plants),
      colour: `--kind-${known}`,
    };
  });
  return (
    <Card title={words.mix}>
      <Split label={words.byKind} shares={shares} />
    </Card>
  );
}
