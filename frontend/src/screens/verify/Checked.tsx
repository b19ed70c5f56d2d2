/** A checked document: what it is about, its tree, what it proves and what not, and the way to ask the chain. */
import { useEffect, useState } from "preact/hooks";
import { ApiFailure } from "../../api/failures.js";
import { useApp } from "../../app/context.js";
import { energyShown } from "../../app/amounts.js";
import { show } from "../../app/time.js";
import { Banner } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Icon } from "../../components/Icon.js";
import { ErrorState, SkeletonCard } from "../../components/states.js";
import { lifetimeOf } from "../../domain/guarantees.js";
import { check } from "../../domain/provenance/checks.js";
import type { ProvenanceDocument } from "../../domain/provenance/document.js";
import { tree as treeOf, type Group, type Tree } from "../../domain/provenance/tree.js";
import { askedBy, isRefusal } from "../../flows/chainCall.js";
import { useWords } from "../../texts/index.js";
import { shownIn } from "./lineText.js";
import { ProofTree } from "./ProofTree.js";
import { VERIFY } from "./words.js";

export function Checked({ document }: { readonly document: ProvenanceDocument }) {
  const app = useApp();
  const language = app.preferences.language.value;
  const community = app.community.value;
  const words = useWords(VERIFY);
  const [tree, setTree] = useState<Tree | undefined>();
  const [failed, setFailed] = useState(false);
  const [chain, setChain] = useState<Group | "asking" | "refused" | undefined>();
  const zone = community?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

  useEffect(() => {
    let wanted = true;
    setTree(undefined);
    setFailed(false);
    setChain(undefined);
    const known = community && { chainId: community.chain_id, contracts: community.contracts };
    void import("../../chain/provenanceProofs.js")
      .then(({ PROOFS }) => check(document, PROOFS, known))
      .then(
        (found) => {
          if (wanted) setTree(found);
        },
        () => {
          if (wanted) setFailed(true); // the part that checks could not be loaded
        },
      );
    return () => {
      wanted = false;
    };
  }, [document, community?.chain_id]);

  async function askChain(): Promise<void> {
    setChain("asking");
    try {
      const { chainGroup } = await import("../../chain/provenanceReads.js");
      setChain(await chainGroup(document, askedBy(app.http), isRefusal));
    } catch {
      setChain("refused");
    }
  }

  if (failed) {
    return (
      <div class="card">
        <ErrorState failure={new ApiFailure("unreachable")} />
      </div>
    );
  }
  if (!tree) return <SkeletonCard lines={6} />;
  const asked = typeof chain === "object" ? chain : undefined;
  const whole = asked ? treeOf([...tree.groups.filter(({ code }) => code !== "chain"), asked]) : tree;
  return (
    <div class="stack">
      <ProofTree tree={whole} shown={shownIn(language, zone)} />
      {!asked && (
        <div class="row">
          {app.session.me.value ? (
            <Button look="plain" icon="verify" disabled={chain === "asking"} onClick={askChain}>
              {chain === "asking" ? words.askingChain : words.askChain}
            </Button>
          ) : (
            <p class="small quiet">{words.chainHint}</p>
          )}
        </div>
      )}
      {chain === "refused" && (
        <Banner icon="alert" tone="warn">
          {words.chainRefused}
        </Banner>
      )}
      <Facts document={document} zone={zone} />
      <Claims tree={whole} />
    </div>
  );
}

function Facts({ document, zone }: { readonly document: ProvenanceDocument; readonly zone: string }) {
  const language = useApp().preferences.language.value;
  const words = useWords(VERIFY).facts;
  const { certificate, chain, issue, device, holdings, moves, waiting_wh: waiting } = document;
  const life = lifetimeOf(certificate.interval, chain.interval_minutes);
  const more = moves.reduce((sum, { kind, wh }) => sum + (kind === "issued_more" ? wh : 0), 0);
  const issued = issue.own_use_wh + issue.sold_wh + issue.minted_wh + more;
  const held = holdings.reduce((sum, { wh }) => sum + wh, waiting);
  const moment = (unix: number): string => show(unix, zone, language, { dateStyle: "medium", timeStyle: "short" });
  const facts: readonly (readonly [string, string])[] = [
    [words.energy, energyShown(issued, language)],
    [words.held, energyShown(held, language)],
    [words.when, moment(life.start)],
    [words.until, moment(life.cancellableUntil)],
    [words.device, `${certificate.device} · ${device.country} · ${device.technology}`],
    [words.community, String(chain.chain_id)],
    [words.number, certificate.id],
  ];
  return (
    <Card title={words.title}>
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

/** What a right document proves, and what none can: with one broken line it proves nothing. */
function Claims({ tree }: { readonly tree: Tree }) {
  const words = useWords(VERIFY);
  const isCorrected = tree.groups.some(({ lines }) => lines.some(({ code }) => code === "correction"));
  const said = isCorrected ? { ...words.proves, ...words.provesCorrected } : words.proves;
  const { title: provedTitle, fill_hash: sales, ...always } = said;
  const showsSales = tree.groups.some(({ lines }) => lines.some(({ code }) => code === "sale_print"));
  const proved = showsSales ? [sales, ...Object.values(always)] : Object.values(always);
  const { title: openTitle, on_chain: onChain, corrections, ...open } = words.doesNotProve;
  const chainIsOpen = tree.groups.some(({ code, verdict }) => code === "chain" && verdict !== "ok");
  const unproved = [...(chainIsOpen ? [onChain] : []), ...(isCorrected ? [corrections] : []), ...Object.values(open)];
  return (
    <div class="grid grid-2">
      {tree.verdict !== "broken" && (
        <Card title={provedTitle}>
          <ul class="checklist">
            {proved.map((text) => (
              <li key={text}>
                <Icon name="check" />
                {text}
              </li>
            ))}
          </ul>
        </Card>
      )}
      <Card title={openTitle}>
        <ul class="checklist" data-open="true">
          {unproved.map((text) => (
            <li key={text}>
              <Icon name="question" />
              {text}
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
