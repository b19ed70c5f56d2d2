/** The tree of a checked document: a verdict, the line that breaks if one does, and every line behind it. */
import { Icon, type IconName } from "../../components/Icon.js";
import { Card } from "../../components/Card.js";
import { firstBroken, type Group, type Line, type Tree, type Verdict } from "../../domain/provenance/tree.js";
import type { LineWords, Shown } from "../../texts/verify.en.js";
import { useWords } from "../../texts/index.js";
import { lineText } from "./lineText.js";
import { VERIFY } from "./words.js";
import "./verify.css";

const ICONS: Readonly<Record<Verdict, IconName>> = { ok: "check", broken: "alert", unproved: "question" };

export interface ProofTreeProps {
  readonly tree: Tree;
  readonly shown: Shown;
}

export function ProofTree({ tree, shown }: ProofTreeProps) {
  const words = useWords(VERIFY);
  const wrong = firstBroken(tree);
  return (
    <>
      <section class="verdict" data-verdict={tree.verdict} role="status">
        <Icon name={ICONS[tree.verdict === "unproved" ? "ok" : tree.verdict]} />
        <div>
          <h2>{words.verdicts[tree.verdict]}</h2>
          <p>{words.verdictTexts[tree.verdict]}</p>
        </div>
      </section>
      {wrong && (
        <Card title={words.brokenAt}>
          <ul class="proof-lines">
            <LineItem line={wrong} shown={shown} />
          </ul>
        </Card>
      )}
      <div class="grid grid-2">
        {tree.groups.map((group) => (
          <GroupCard key={group.code} group={group} shown={shown} />
        ))}
      </div>
    </>
  );
}

function GroupCard({ group, shown }: { readonly group: Group; readonly shown: Shown }) {
  const words = useWords(VERIFY);
  return (
    <Card title={words.groups[group.code]} aside={<Mark verdict={group.verdict} />}>
      <ul class="proof-lines">
        {group.lines.map((line, at) => (
          <LineItem key={at} line={line} shown={shown} />
        ))}
      </ul>
    </Card>
  );
}

export interface LineItemProps {
  readonly line: Line;
  readonly shown: Shown;
  /** By a line's code; those of a provenance document where none are given. */
  readonly lines?: Readonly<Record<string, LineWords>>;
}

export function LineItem({ line, shown, lines }: LineItemProps) {
  const words = useWords(VERIFY);
  const { title, text } = lineText(line, lines ?? words.lines, shown);
  return (
    <li class="proof-line" data-verdict={line.verdict}>
      <Icon name={ICONS[line.verdict]} />
      <div>
        <strong>{title}</strong>
        <span class="unseen"> ({words.state[line.verdict]}) </span>
        {text && <p>{text}</p>}
      </div>
    </li>
  );
}

function Mark({ verdict }: { readonly verdict: Verdict }) {
  const words = useWords(VERIFY);
  const tone = { ok: "good", broken: "bad", unproved: "neutral" }[verdict];
  return (
    <span class="badge" data-tone={tone}>
      {words.state[verdict]}
    </span>
  );
}
