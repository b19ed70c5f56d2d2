/** Enrolments under way: brought by the operator, signed by member and metering operator, submitted. */
import { useRef, useState } from "preact/hooks";
import { bringEnrolment, dropEnrolment, enrolments, type Enrolment } from "../../api/operator.js";
import { accountShown, powerShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { momentShown, show } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Badge } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { ResourceView } from "../../components/ResourceView.js";
import { EmptyState } from "../../components/states.js";
import { parseEnrolment, type EnrolmentFile } from "../../domain/enrolmentFile.js";
import { failureText } from "../../flows/failureText.js";
import { sendReviewed, signEnrolmentTerms, submission } from "../../flows/operator.js";
import { FlowRefusal } from "../../flows/refusal.js";
import { useTexts, useWords } from "../../texts/index.js";
import { EnrolDialog } from "./EnrolDialog.js";
import { OPERATOR } from "./words.js";

const MOST_BYTES = 64 * 1024;

export function Enrolments() {
  const { http, session } = useApp();
  const words = useWords(OPERATOR).enrolments;
  const resource = useResource("enrolments", (abort) => enrolments(http, abort), { everySeconds: 60 });
  const isStaff = ["operator", "metering_operator"].some((role) => session.me.value?.roles.includes(role));
  return (
    <>
      <div class="row-apart">
        <p class="quiet">{words.lead}</p>
        {session.me.value?.roles.includes("operator") && <Begin onBegun={resource.reload} />}
      </div>
      <ResourceView resource={resource}>
        {(list) =>
          list.length === 0 ? (
            <Card>
              <EmptyState icon="plug" title={words.emptyTitle} text={isStaff ? words.empty : words.emptyMember} />
            </Card>
          ) : (
            <div class="grid grid-2">
              {list.map((one) => (
                <EnrolmentCard key={one.id} enrolment={one} onChanged={resource.reload} />
              ))}
            </div>
          )
        }
      </ResourceView>
    </>
  );
}

/** Two ways to begin: with the code on the box, or with a file made elsewhere. */
function Begin({ onBegun }: { readonly onBegun: () => void }) {
  const words = useWords(OPERATOR).enrolments;
  const [open, setOpen] = useState(false);
  return (
    <div class="row">
      <Button
        icon="plug"
        onClick={() => {
          setOpen(true);
        }}
      >
        {words.begin}
      </Button>
      <Bring onBrought={onBegun} />
      {open && (
        <EnrolDialog
          onClose={() => {
            setOpen(false);
          }}
          onBegun={onBegun}
        />
      )}
    </div>
  );
}

function Bring({ onBrought }: { readonly onBrought: () => void }) {
  const app = useApp();
  const texts = useTexts();
  const words = useWords(OPERATOR).enrolments;
  const input = useRef<HTMLInputElement>(null);
  async function bring(file: File): Promise<void> {
    try {
      if (file.size > MOST_BYTES) throw new FlowRefusal(words.unreadable);
      await bringEnrolment(app.http, await file.text());
      app.toasts.show(words.brought, "good");
      onBrought();
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    }
  }
  return (
    <>
      <input
        ref={input}
        class="unseen"
        type="file"
        accept=".json,application/json"
        tabIndex={-1}
        aria-label={words.bring}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (file) void bring(file);
        }}
      />
      <Button look="plain" onClick={() => input.current?.click()}>
        {words.bring}
      </Button>
    </>
  );
}

interface CardProps {
  readonly enrolment: Enrolment;
  readonly onChanged: () => void;
}

function EnrolmentCard({ enrolment, onChanged }: CardProps) {
  const words = useWords(OPERATOR).enrolments;
  const file = readable(enrolment.content);
  const signature = (name: string, signed: boolean) => (
    <div class="row-apart">
      <span>{name}</span>
      <Badge tone={signed ? "good" : "warn"}>{signed ? words.signed : words.unsigned}</Badge>
    </div>
  );
  return (
    <Card
      title={words.kinds[file?.kind ?? ""] ?? words.title}
      aside={<Badge>{words.states[enrolment.state] ?? enrolment.state}</Badge>}
    >
      <div class="stack">
        {file ? <Terms file={file} /> : <p class="quiet">{words.unreadable}</p>}
        <div class="stack-tight">
          {signature(words.signedMember, enrolment.signed_by_member)}
          {signature(words.signedMetering, enrolment.signed_by_metering_operator)}
        </div>
        {file && enrolment.state === "open" && <Actions enrolment={enrolment} file={file} onChanged={onChanged} />}
      </div>
    </Card>
  );
}

/** The lines that card and review share. */
function useTermLines(file: EnrolmentFile): readonly { readonly label: string; readonly value: string }[] {
  const language = useApp().preferences.language.value;
  const { zone } = useCommunity();
  const { enrolments: words, members } = useWords(OPERATOR);
  const { terms } = file;
  const from = terms.from_interval * file.interval_minutes * 60;
  const power = (w: number): string => powerShown(w, language);
  const own =
    "basis" in terms
      ? [
          { label: words.basis, value: words.bases[terms.basis] ?? terms.basis },
          { label: words.powers, value: words.powersText(power(terms.import_w), power(terms.export_w)) },
        ]
      : [{ label: members.point, value: String(terms.participant) }];
  return [
    { label: members.owner, value: `${file.member.index} (${accountShown(file.member.wallet)})` },
    ...own,
    { label: members.source, value: members.sources[terms.source] ?? terms.source },
    { label: words.gateway, value: accountShown(terms.gateway) },
    { label: words.code, value: file.code },
    { label: words.from, value: momentShown(from, zone, language) },
    {
      label: words.deadline,
      value: show(terms.deadline_unix, zone, language, { dateStyle: "medium", timeStyle: "short" }),
    },
  ];
}

function Terms({ file }: { readonly file: EnrolmentFile }) {
  return (
    <dl class="terms">
      {useTermLines(file).map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Actions({ enrolment, file, onChanged }: CardProps & { readonly file: EnrolmentFile }) {
  const app = useApp();
  const texts = useTexts();
  const { enrolments: words, refusals } = useWords(OPERATOR);
  const lines = useTermLines(file);
  const me = app.session.me.value;
  const roles = me?.roles ?? [];
  const isMember = me?.wallet.toLowerCase() === file.member.wallet.toLowerCase();
  const party =
    isMember && !enrolment.signed_by_member
      ? "member"
      : roles.includes("metering_operator") && !enrolment.signed_by_metering_operator
        ? "metering_operator"
        : undefined;
  const complete = enrolment.signed_by_member && enrolment.signed_by_metering_operator;

  async function sign(as: "member" | "metering_operator"): Promise<void> {
    const review = { title: words.review.signTitle, lines, note: words.checkCode, action: words.review.signAction };
    if (!(await signEnrolmentTerms(app, enrolment.id, file, as, review))) return;
    app.toasts.show(words.signedDone, "good");
    onChanged();
  }
  async function submit(): Promise<void> {
    const done = await sendReviewed(
      app,
      (calls) => {
        const call = submission(file, calls);
        if (!call) throw new FlowRefusal(words.unsigned);
        return call;
      },
      { title: words.review.submitTitle, lines, note: words.review.submitNote, action: words.review.submitAction },
      refusals,
    );
    if (!done) return;
    app.toasts.show(words.submitted, "good");
    onChanged();
  }
  async function drop(): Promise<void> {
    try {
      await dropEnrolment(app.http, enrolment.id);
      app.toasts.show(words.dropped, "good");
      onChanged();
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    }
  }
  return (
    <div class="row">
      {party && <Button onClick={() => sign(party)}>{words.sign}</Button>}
      {complete && roles.includes("operator") && <Button onClick={submit}>{words.submit}</Button>}
      {roles.includes("operator") && (
        <Button look="quiet" onClick={drop}>
          {words.drop}
        </Button>
      )}
    </div>
  );
}

function readable(content: string): EnrolmentFile | undefined {
  try {
    return parseEnrolment(content);
  } catch {
    return undefined;
  }
}
