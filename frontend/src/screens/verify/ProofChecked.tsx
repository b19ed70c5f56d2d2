/** A proof file that proves itself against the chain's own roots: what the reader trusts, the verdict, every line. */
import { useEffect, useState } from "preact/hooks";
import { ApiFailure } from "../../api/failures.js";
import type { Community as Settings } from "../../api/types.js";
import { useApp } from "../../app/context.js";
import { Banner } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Field } from "../../components/Field.js";
import { ErrorState, SkeletonCard } from "../../components/states.js";
import type { Anchor, Checkpoint, Community } from "../../domain/proof/anchors.js";
import type { Contract } from "../../domain/proof/layout.js";
import type { Report } from "../../domain/proof/report.js";
import { ProofFileError, type Say } from "../../domain/proof/say.js";
import { useWords } from "../../texts/index.js";
import { FileButton } from "./FileDrop.js";
import { open } from "./opened.js";
import { ProofReport } from "./ProofReport.js";
import { useSentence } from "./useSentence.js";
import { VERIFY } from "./words.js";

/** All that a proof reads; the list of `layout.ts` itself is loaded with what checks, not with this page. */
const CONTRACTS = Object.keys({
  Corrections: true,
  EnergyMarket: true,
  GuaranteeOfOrigin: true,
  MemberRegistry: true,
  MeterLedger: true,
} satisfies Record<Contract, true>) as Contract[];
const HASH = /^0x[0-9a-f]{64}$/;

/** Loads what checks: from then on it works without any server. Rejects where it cannot be loaded. */
export async function warmUpProofs(): Promise<void> {
  await load();
}

function load() {
  return Promise.all([import("../../domain/proof/verify.js"), import("../../domain/proof/anchors.js")]);
}

type Result =
  | { readonly report: Report; readonly checkpoint: Checkpoint | undefined }
  | { readonly refused: Say; readonly ofCheckpoint: boolean }
  | "unreachable"
  | undefined;

export interface ProofCheckedProps {
  readonly data: Uint8Array;
  readonly checkpoint: Uint8Array | undefined;
  readonly onCheckpoint: (data: Uint8Array | undefined) => void;
}

export function ProofChecked({ data, checkpoint, onCheckpoint }: ProofCheckedProps) {
  const community = useApp().community.value;
  const said = useSentence();
  const words = useWords(VERIFY).proof;
  const [hash, setHash] = useState("");
  const [result, setResult] = useState<Result>();
  const trusted = hash.trim().toLowerCase();

  useEffect(() => {
    let wanted = true;
    void checked(data, checkpoint, HASH.test(trusted) ? trusted : undefined, community).then((found) => {
      if (wanted) setResult(found);
    });
    return () => {
      wanted = false;
    };
  }, [data, checkpoint, trusted, community?.chain_id]);

  async function take(file: File): Promise<void> {
    const found = await open(file);
    onCheckpoint(found.kind === "checkpoint" ? found.data : new Uint8Array());
  }

  if (result === undefined) return <SkeletonCard lines={6} />;
  if (result === "unreachable") {
    return (
      <div class="card">
        <ErrorState failure={new ApiFailure("unreachable")} />
      </div>
    );
  }
  const isWrong = trusted !== "" && !HASH.test(trusted);
  return (
    <div class="stack">
      {"refused" in result ? (
        <Banner icon="alert" tone="bad">
          {said(result.refused)}
        </Banner>
      ) : (
        <ProofReport report={result.report} />
      )}
      {(!("refused" in result) || result.ofCheckpoint) && (
        <Card title={words.trust}>
          <div class="stack">
            <p>{words.trustText}</p>
            {"report" in result && result.checkpoint && (
              <p>{words.checkpointOf(result.checkpoint.number, result.checkpoint.validators.length)}</p>
            )}
            <div class="row">
              <FileButton
                label={words.chooseCheckpoint}
                icon="guarantees"
                look="plain"
                onFile={(one) => void take(one)}
              />
              {checkpoint && (
                <Button
                  look="quiet"
                  onClick={() => {
                    onCheckpoint(undefined);
                  }}
                >
                  {words.withoutCheckpoint}
                </Button>
              )}
            </div>
            <Field
              label={words.blockHash}
              hint={words.blockHashHint}
              value={hash}
              onInput={setHash}
              maxLength={80}
              error={isWrong ? words.notABlockHash : undefined}
            />
            <p class="small quiet">{community ? words.pageNames : words.nothingNames}</p>
          </div>
        </Card>
      )}
    </div>
  );
}

async function checked(
  data: Uint8Array,
  checkpoint: Uint8Array | undefined,
  hash: string | undefined,
  settings: Settings | undefined,
): Promise<Result> {
  let modules;
  try {
    modules = await load();
  } catch {
    return "unreachable"; // the part that checks could not be loaded
  }
  const [{ verify }, { loadCheckpoint }] = modules;
  let ofCheckpoint = true;
  try {
    const pinned = checkpoint && loadCheckpoint(checkpoint);
    ofCheckpoint = false;
    // A checkpoint names its own community; without one it is the community whose page this is.
    const community = pinned ? undefined : named(settings);
    const anchor: Anchor = { checkpoint: pinned, hashes: new Set(hash === undefined ? [] : [hash]), community };
    return { report: verify(data, anchor), checkpoint: pinned };
  } catch (error) {
    if (error instanceof ProofFileError) return { refused: error.what, ofCheckpoint };
    throw error;
  }
}

/** The community whose page this is, as a reader's anchor. */
function named(settings: Settings | undefined): Community | undefined {
  if (!settings) return undefined;
  const pairs = CONTRACTS.map((name) => [name, settings.contracts[name]?.toLowerCase()] as const);
  if (pairs.some(([, address]) => address === undefined)) return undefined;
  return {
    chainId: settings.chain_id,
    intervalMinutes: settings.interval_minutes,
    contracts: Object.fromEntries(pairs) as Community["contracts"],
  };
}
