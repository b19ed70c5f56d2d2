/** The lines of a checked proof file: a verdict, the line that breaks if one does, every line, what no file shows. */
import { Card } from "../../components/Card.js";
import { Icon, type IconName } from "../../components/Icon.js";
import { standingOf, type Line, type Report, type Standing } from "../../domain/proof/report.js";
import type { Verdict } from "../../domain/provenance/tree.js";
import { useWords } from "../../texts/index.js";
import { useSentence } from "./useSentence.js";
import { VERIFY } from "./words.js";

const VERDICTS: Readonly<Record<Standing, Verdict>> = { proved: "ok", broken: "broken", "not proved": "unproved" };
const ICONS: Readonly<Record<Verdict, IconName>> = { ok: "check", broken: "alert", unproved: "question" };

export function ProofReport({ report }: { readonly report: Report }) {
  const words = useWords(VERIFY);
  const standing = standingOf(report);
  const verdict = VERDICTS[standing];
  const wrong = report.lines.find((line) => line.standing === "broken");
  return (
    <>
      <section class="verdict" data-verdict={verdict} role="status">
        <Icon name={ICONS[verdict]} />
        <div>
          <h2>{words.proof.verdicts[standing]}</h2>
          <p>{words.proof.verdictTexts[standing]}</p>
        </div>
      </section>
      {wrong && (
        <Card title={words.brokenAt}>
          <ul class="proof-lines">
            <LineItem line={wrong} />
          </ul>
        </Card>
      )}
      <Card title={words.proof.certificate(report.certificate)}>
        <ul class="proof-lines">
          {report.lines.map((line, at) => (
            <LineItem key={at} line={line} />
          ))}
        </ul>
      </Card>
      <Card title={words.proof.beyond.title}>
        <ul class="checklist" data-open="true">
          {[words.proof.beyond.meter, words.proof.beyond.price, words.proof.beyond.later].map((text) => (
            <li key={text}>
              <Icon name="question" />
              {text}
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}

function LineItem({ line }: { readonly line: Line }) {
  const words = useWords(VERIFY).proof;
  const said = useSentence();
  const { about, standing, text, reason } = line;
  const verdict = VERDICTS[standing];
  // A broken part and why it is broken make one sentence; what a line says stands by itself.
  const isPart = standing === "broken" && !/_says?$/.test(text.code);
  return (
    <li class="proof-line" data-verdict={verdict}>
      <Icon name={ICONS[verdict]} />
      <div>
        <strong>{words.about[about]}</strong>
        <span class="unseen"> ({words.standings[standing]}) </span>
        <p>{isPart && reason ? said(text, reason) : said(text)}</p>
        {!isPart && reason && (
          <p>
            {words.standings[standing]}: {said(reason)}
          </p>
        )}
      </div>
    </li>
  );
}
