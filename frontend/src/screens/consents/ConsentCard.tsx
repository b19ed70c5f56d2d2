/** One consent: who reads what until when, and the one click that answers, withdraws or tells what happened. */
import { useState } from "preact/hooks";
import type { Consent } from "../../api/consents.js";
import { accountShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { momentShown, show } from "../../app/time.js";
import { Badge } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { grantConsent, refuseConsent, withdrawConsent } from "../../flows/consents.js";
import type { ReviewTerms } from "../../flows/review.js";
import { useWords } from "../../texts/index.js";
import { LogDialog } from "./LogDialog.js";
import { granteeTold, purposeTold, whatTold } from "./told.js";
import { CONSENTS } from "./words.js";

export interface ConsentCardProps {
  readonly consent: Consent;
  /** Received as a third party: nothing to withdraw here. */
  readonly theirs: boolean;
  readonly onChanged: () => void;
}

export function ConsentCard({ consent, theirs, onChanged }: ConsentCardProps) {
  const { preferences } = useApp();
  const language = preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(CONSENTS);
  const [log, setLog] = useState(false);
  const date = (unix: number): string => show(unix, zone, language, { dateStyle: "medium" });
  const read = words.readCount(consent.reads);
  const facts: readonly (readonly [string, string])[] = [
    [words.facts.what, whatTold(consent, words)],
    [words.facts.purpose, purposeTold(consent, words)],
    [words.facts.until, date(consent.valid_until)],
    [words.facts.since, date(consent.valid_from)],
    [words.facts.point, consent.label ?? String(consent.participant)],
    [words.facts.frequency, words.frequency(consent.frequency)],
    [
      words.facts.reads,
      consent.last_read === null ? read : words.lastRead(read, momentShown(consent.last_read, zone, language)),
    ],
  ];
  return (
    <article class="card consent">
      <div class="row-apart">
        <div>
          <h3>{consent.grantee_name ?? words.unnamed}</h3>
          <p class="small quiet num">{accountShown(consent.grantee)}</p>
        </div>
        <Badge tone={consent.state === "valid" ? "good" : consent.state === "received" ? "warn" : "neutral"}>
          {words.states[consent.state] ?? consent.state}
        </Badge>
      </div>
      <dl class="consent-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {consent.purpose_text && <p class="small quiet">{consent.purpose_text}</p>}
      <div class="row consent-actions">
        {!theirs && <Answers consent={consent} onChanged={onChanged} />}
        <Button
          look="quiet"
          small
          onClick={() => {
            setLog(true);
          }}
        >
          {words.showLog}
        </Button>
      </div>
      {log && (
        <LogDialog
          consent={consent}
          onClose={() => {
            setLog(false);
          }}
        />
      )}
    </article>
  );
}

/** What the member can do about a consent in its state. */
function Answers({ consent, onChanged }: Omit<ConsentCardProps, "theirs">) {
  const app = useApp();
  const { zone } = useCommunity();
  const words = useWords(CONSENTS);
  const { review } = words;
  const lines = [
    { label: review.who, value: granteeTold(consent) },
    { label: words.facts.what, value: whatTold(consent, words) },
    { label: words.facts.purpose, value: purposeTold(consent, words) },
    {
      label: words.facts.until,
      value: show(consent.valid_until, zone, app.preferences.language.value, { dateStyle: "medium" }),
    },
  ];

  async function run(act: Promise<true | undefined>, done: string): Promise<void> {
    if (!(await act)) return;
    app.toasts.show(done, "good");
    onChanged();
  }
  const terms = (title: string, action: string, note: string, grave = false): ReviewTerms => ({
    title,
    lines,
    action,
    note,
    grave,
  });
  const accept = () =>
    run(
      grantConsent(
        app,
        { ...consent, request: consent.consent },
        terms(review.accept, review.acceptAction, review.giveNote),
      ),
      words.done.given,
    );
  const refuse = () =>
    run(
      refuseConsent(app, consent.consent, terms(review.refuse, review.refuseAction, review.refuseNote)),
      words.done.refused,
    );
  const withdraw = () =>
    run(
      withdrawConsent(app, consent.consent, terms(review.withdraw, review.withdrawAction, review.withdrawNote, true)),
      words.done.withdrawn,
    );
  if (consent.state === "received") {
    return (
      <>
        <Button small onClick={accept}>
          {words.accept}
        </Button>
        <Button small look="plain" onClick={refuse}>
          {words.refuse}
        </Button>
      </>
    );
  }
  if (consent.state !== "valid") return null;
  return (
    <Button small look="plain" onClick={withdraw}>
      {words.withdraw}
    </Button>
  );
}
