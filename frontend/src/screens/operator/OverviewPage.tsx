/** The state of the machinery: what is settled, what is missing, and what was refused. */
import { overview, skippedRuns, type OperatorOverview } from "../../api/operator.js";
import { moneyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { countdownText, momentShown } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Banner } from "../../components/Banner.js";
import { Card } from "../../components/Card.js";
import { DataTable } from "../../components/DataTable.js";
import { ResourceView } from "../../components/ResourceView.js";
import { Stat } from "../../components/Stat.js";
import { useWords } from "../../texts/index.js";
import { OPERATOR } from "./words.js";

export function OverviewPage() {
  const { http, session } = useApp();
  const resource = useResource("operator/overview", (abort) => overview(http, abort), {
    refreshOn: ["readings", "settled"],
    everySeconds: 30,
  });
  const roles = session.me.value?.roles ?? [];
  const seesRuns = ["operator", "metering_operator", "auditor"].some((role) => roles.includes(role));
  return (
    <ResourceView resource={resource}>
      {(data) => (
        <>
          <State data={data} />
          <Missing data={data} />
          {seesRuns && <Skipped />}
          <Pools data={data} />
        </>
      )}
    </ResourceView>
  );
}

interface Props {
  readonly data: OperatorOverview;
}

function useTimes() {
  const { preferences, clock } = useApp();
  const { zone, interval_minutes: minutes } = useCommunity();
  const language = preferences.language.value;
  const words = useWords(OPERATOR);
  return {
    moment: (unix: number) => momentShown(unix, zone, language),
    startOf: (interval: number) => interval * minutes * 60,
    until: (unix: number): string => {
      const left = unix - clock.now.value;
      return left > 0 ? words.inTime(countdownText(left, language)) : words.overdue;
    },
    ago: (unix: number) => words.ago(countdownText(Math.max(0, clock.now.value - unix), language)),
  };
}

function State({ data }: Props) {
  const words = useWords(OPERATOR).overview;
  const { moment, startOf, until, ago } = useTimes();
  const well = data.missing.length === 0 && data.uncleared <= 1 && data.conflicts === 0;
  return (
    <Card title={words.state} hero>
      <div class="stack">
        <Banner icon={well ? "check" : "alert"} tone={well ? "good" : "warn"}>
          {well ? words.allWell : words.attention}
        </Banner>
        <div class="stats">
          <Stat label={words.members} value={String(data.members)} />
          <Stat label={words.participants} value={String(data.participants)} />
          <Stat
            label={words.uncleared}
            value={String(data.uncleared)}
            note={words.unclearedNote(moment(startOf(data.first_uncleared)))}
          />
          <Stat
            label={words.deadline}
            value={data.oldest_deadline === null ? words.none : until(data.oldest_deadline)}
            note={data.oldest_deadline !== null && words.deadlineNote}
          />
          <Stat label={words.waiting} value={String(data.waiting_readings)} />
          <Stat label={words.intents} value={String(data.intents_waiting)} />
          <Stat label={words.skipped} value={String(data.skipped_runs)} />
          <Stat label={words.conflicts} value={String(data.conflicts)} />
          <Stat label={words.network} value={ago(data.chain_time)} note={moment(data.chain_time)} />
          <Stat label={words.index} value={ago(data.index.at)} note={moment(data.index.at)} />
        </div>
      </div>
    </Card>
  );
}

function Missing({ data }: Props) {
  const words = useWords(OPERATOR).overview;
  const { moment, startOf, until } = useTimes();
  return (
    <Card title={words.missingTitle}>
      {data.missing.length === 0 ? (
        <p class="quiet">{words.missingEmpty}</p>
      ) : (
        <DataTable
          caption={words.missingTitle}
          rows={data.missing}
          keyOf={(span) => `${span.participant}/${span.first_interval}`}
          columns={[
            { title: words.point, cell: (span) => span.label ?? `${span.participant}` },
            { title: words.from, cell: (span) => moment(startOf(span.first_interval)) },
            { title: words.count, numeric: true, cell: (span) => span.end_interval - span.first_interval },
            { title: words.settles, cell: (span) => until(span.deadline) },
          ]}
        />
      )}
    </Card>
  );
}

function Skipped() {
  const { http } = useApp();
  const words = useWords(OPERATOR).overview;
  const { moment, startOf } = useTimes();
  const resource = useResource("operator/skipped", (abort) => skippedRuns(http, abort), { refreshOn: ["readings"] });
  return (
    <ResourceView resource={resource}>
      {({ items }) => (
        <Card title={words.skippedTitle}>
          {items.length === 0 ? (
            <p class="quiet">{words.skippedEmpty}</p>
          ) : (
            <DataTable
              caption={words.skippedTitle}
              rows={items}
              keyOf={(run) => `${run.participant}/${run.first_interval}/${run.at}`}
              columns={[
                { title: words.point, cell: (run) => run.label ?? `${run.participant}` },
                { title: words.when, cell: (run) => moment(run.at) },
                { title: words.from, cell: (run) => moment(startOf(run.first_interval)) },
                { title: words.reason, cell: (run) => words.reasons[run.reason] ?? run.reason },
              ]}
            />
          )}
        </Card>
      )}
    </ResourceView>
  );
}

function Pools({ data }: Props) {
  const language = useApp().preferences.language.value;
  const words = useWords(OPERATOR).overview;
  return (
    <Card title={words.pools}>
      <div class="stats">
        <Stat label={words.held} value={moneyShown(data.euro_held_neur, language)} />
        <Stat label={words.poolGrid} value={moneyShown(data.pool_grid_neur, language)} />
        <Stat label={words.poolNetwork} value={moneyShown(data.pool_network_neur, language)} />
      </div>
    </Card>
  );
}
