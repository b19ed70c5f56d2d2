/** A consumption claim's data file: whether it is the paper's, what it says, every line of its check. */
import { useEffect, useState } from "preact/hooks";
import { ApiFailure } from "../../api/failures.js";
import { energyShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import { dayOf } from "../../app/time.js";
import { Banner } from "../../components/Banner.js";
import { Card } from "../../components/Card.js";
import { Icon } from "../../components/Icon.js";
import { ErrorState, SkeletonCard } from "../../components/states.js";
import { checkClaim, verdictOf } from "../../domain/claim/checks.js";
import type { ClaimDocument } from "../../domain/claim/document.js";
import { decimalText } from "../../formatting.js";
import { useWords } from "../../texts/index.js";
import { FileButton } from "./FileDrop.js";
import { shownIn } from "./lineText.js";
import { LineItem } from "./ProofTree.js";
import { VERIFY_CLAIM } from "./words.js";
import "./verify.css";

/** The part that computes could not be loaded; no print reads so. */
const UNREACHABLE = "unreachable";

/** What the code on a paper led here with. */
export function ClaimPaper({ printed }: { readonly printed: string }) {
  const words = useWords(VERIFY_CLAIM);
  return (
    <Card title={words.paper}>
      <p>{words.paperText}</p>
      <dl class="facts">
        <div>
          <dt>{words.paperPrint}</dt>
          <dd class="print">{printed}</dd>
        </div>
      </dl>
    </Card>
  );
}

export interface ClaimCheckedProps {
  readonly document: ClaimDocument;
  readonly data: Uint8Array;
  readonly printed: string | undefined;
}

export function ClaimChecked({ document, data, printed }: ClaimCheckedProps) {
  const language = useApp().preferences.language.value;
  const words = useWords(VERIFY_CLAIM);
  const [found, setFound] = useState<string | undefined>();
  useEffect(() => {
    let wanted = true;
    setFound(undefined);
    void printOf(data)
      .catch(() => UNREACHABLE)
      .then((print) => {
        if (wanted) setFound(print);
      });
    return () => {
      wanted = false;
    };
  }, [data]);
  if (found === undefined) return <SkeletonCard lines={6} />;
  if (found === UNREACHABLE) {
    return (
      <div class="card">
        <ErrorState failure={new ApiFailure("unreachable")} />
      </div>
    );
  }
  const lines = checkClaim(document, { printed, found }, (unix) => dayOf(unix, document.zone));
  const verdict = verdictOf(lines) === "broken" ? "broken" : "unproved";
  const shown = shownIn(language, document.zone);
  return (
    <div class="stack">
      <section class="verdict" data-verdict={verdict} role="status">
        <Icon name={verdict === "broken" ? "alert" : "check"} />
        <div>
          <h2>{words.verdicts[verdict]}</h2>
          <p>{words.verdictTexts[verdict]}</p>
        </div>
      </section>
      <Sums document={document} />
      <Card title={words.linesTitle}>
        <ul class="proof-lines">
          {lines.map((line) => (
            <LineItem key={line.code} line={line} shown={shown} lines={words.lines} />
          ))}
        </ul>
      </Card>
      {document.proofs.length > 0 && <Proofs prints={document.proofs} />}
    </div>
  );
}

function Sums({ document }: { readonly document: ClaimDocument }) {
  const language = useApp().preferences.language.value;
  const words = useWords(VERIFY_CLAIM);
  const { total } = document;
  const share = total.share === null ? "" : ` (${decimalText(total.share, 2, language)} %)`;
  const facts: readonly (readonly [string, string])[] = [
    [words.community, document.community],
    [words.certificateKind, words.kinds[document.kind] ?? document.kind],
    [words.used, energyShown(total.consumption_wh, language)],
    [words.matched, `${energyShown(total.matched_wh, language)}${share}`],
    [words.ownUse, energyShown(total.own_use_wh, language)],
    [words.bought, energyShown(total.bought_wh, language)],
    [words.cancelled, energyShown(total.cancelled_wh, language)],
    [words.uncertified, energyShown(total.uncertified_wh, language)],
  ];
  return (
    <Card title={words.title(document.month, document.participant)}>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

/** Whether a file is one of those that the claim names. */
function Proofs({ prints }: { readonly prints: readonly string[] }) {
  const words = useWords(VERIFY_CLAIM);
  const [belongs, setBelongs] = useState<boolean | undefined>();
  async function compare(file: File): Promise<void> {
    setBelongs(prints.includes(await printOf(new Uint8Array(await file.arrayBuffer()))));
  }
  return (
    <Card title={words.proofs(prints.length)}>
      <FileButton label={words.proof} icon="verify" look="plain" onFile={(file) => void compare(file)} />
      {belongs !== undefined && (
        <Banner icon={belongs ? "check" : "alert"} tone={belongs ? "good" : "bad"}>
          {belongs ? words.proofIs : words.proofIsNot}
        </Banner>
      )}
    </Card>
  );
}

async function printOf(data: Uint8Array): Promise<string> {
  const { sha256Hex } = await import("../../chain/fileDigest.js");
  return sha256Hex(data);
}
