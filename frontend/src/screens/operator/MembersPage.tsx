/** Members and their metering points: who takes part, whose readings fail, and registering a new one. */
import { useState } from "preact/hooks";
import { members, type MemberRow, type ParticipantRow } from "../../api/operator.js";
import { accountShown, moneyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { momentShown } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Badge } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { DataTable } from "../../components/DataTable.js";
import { ResourceView } from "../../components/ResourceView.js";
import { EmptyState } from "../../components/states.js";
import { sendReviewed } from "../../flows/operator.js";
import { useTexts, useWords } from "../../texts/index.js";
import { RegisterDialog } from "./RegisterDialog.js";
import { OPERATOR } from "./words.js";

export function MembersPage() {
  const { http, session } = useApp();
  const words = useWords(OPERATOR).members;
  const [registering, setRegistering] = useState(false);
  const resource = useResource("operator/members", (abort) => members(http, abort), { refreshOn: ["readings"] });
  const isOperator = session.me.value?.roles.includes("operator") ?? false;
  return (
    <>
      {isOperator && (
        <div>
          <Button
            icon="neighbours"
            onClick={() => {
              setRegistering(true);
            }}
          >
            {words.register}
          </Button>
        </div>
      )}
      <ResourceView resource={resource}>
        {(data) => (
          <>
            <MemberTable members={data.members} />
            <PointTable points={data.participants} members={data.members} onChanged={resource.reload} />
          </>
        )}
      </ResourceView>
      {registering && (
        <RegisterDialog
          onClose={() => {
            setRegistering(false);
          }}
          onDone={resource.reload}
        />
      )}
    </>
  );
}

function MemberTable({ members: rows }: { readonly members: readonly MemberRow[] }) {
  const words = useWords(OPERATOR).members;
  if (rows.length === 0) {
    return (
      <Card>
        <EmptyState icon="neighbours" title={words.title} text={words.empty} />
      </Card>
    );
  }
  return (
    <Card title={`${words.title} (${rows.length})`}>
      <DataTable
        caption={words.title}
        rows={rows}
        keyOf={(row) => row.member}
        columns={[
          { title: words.name, cell: (row) => row.name ?? <span class="quiet">{words.unnamed}</span> },
          { title: words.owner, numeric: true, cell: (row) => row.member },
          { title: words.account, cell: (row) => <span title={row.wallet}>{accountShown(row.wallet)}</span> },
          { title: words.points, cell: (row) => row.participants.join(", ") },
          {
            title: words.state,
            cell: (row) => (
              <Badge tone={row.active ? "good" : "neutral"}>{row.active ? words.active : words.closed}</Badge>
            ),
          },
        ]}
      />
    </Card>
  );
}

interface PointTableProps {
  readonly points: readonly ParticipantRow[];
  readonly members: readonly MemberRow[];
  readonly onChanged: () => void;
}

function PointTable({ points, members: owners, onChanged }: PointTableProps) {
  const { preferences, session } = useApp();
  const { zone, interval_minutes: minutes } = useCommunity();
  const language = preferences.language.value;
  const words = useWords(OPERATOR).members;
  const none = useTexts().units.none;
  const names = new Map(owners.map((owner) => [owner.member, owner.name ?? String(owner.member)]));
  const isOperator = session.me.value?.roles.includes("operator") ?? false;
  if (points.length === 0) return null;
  return (
    <Card title={`${words.pointsTitle} (${points.length})`}>
      <DataTable
        caption={words.pointsTitle}
        rows={points}
        keyOf={(point) => point.participant}
        columns={[
          { title: words.point, cell: (point) => `${point.participant} ${point.label ?? ""}` },
          { title: words.owner, cell: (point) => names.get(point.member) ?? String(point.member) },
          ...(points.some(({ prm }) => prm !== null)
            ? [{ title: words.prm, cell: (point: ParticipantRow) => point.prm ?? none }]
            : []),
          { title: words.source, cell: (point) => words.sources[point.source] ?? point.source },
          {
            title: words.last,
            cell: (point) =>
              point.last_interval === null
                ? none
                : momentShown((point.last_interval + 1) * minutes * 60, zone, language),
          },
          {
            title: words.missing,
            numeric: true,
            cell: (point) => (point.missing > 0 ? <Badge tone="warn">{point.missing}</Badge> : "0"),
          },
          { title: words.balance, numeric: true, cell: (point) => moneyShown(point.balance_neur, language) },
          {
            title: words.state,
            cell: (point) => (
              <span class="row">
                {point.suspended && <Badge tone="bad">{words.suspended}</Badge>}
                {point.silent && <Badge tone="warn">{words.silent}</Badge>}
                {isOperator && point.until_interval === null && <Suspend point={point} onChanged={onChanged} />}
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}

function Suspend({ point, onChanged }: { readonly point: ParticipantRow; readonly onChanged: () => void }) {
  const app = useApp();
  const { members: words, refusals } = useWords(OPERATOR);
  const { review } = words;
  const next = !point.suspended;
  async function run(): Promise<void> {
    const done = await sendReviewed(
      app,
      (calls) => calls.suspendCall(point.participant, next),
      {
        title: next ? review.suspendTitle : review.resumeTitle,
        lines: [{ label: review.point, value: `${point.participant} ${point.label ?? ""}` }],
        note: next ? review.suspendNote : review.resumeNote,
        action: next ? words.suspend : words.resume,
        grave: next,
      },
      refusals,
    );
    if (!done) return;
    app.toasts.show(next ? words.suspended_done : words.resumed_done, "good");
    onChanged();
  }
  return (
    <Button look="quiet" small onClick={run}>
      {next ? words.suspend : words.resume}
    </Button>
  );
}
