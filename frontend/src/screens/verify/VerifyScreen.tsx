/** Verify: a proof file of either kind is opened, read and checked here, in this page alone. */
import { useEffect, useState } from "preact/hooks";
import { useApp } from "../../app/context.js";
import { Banner } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Icon } from "../../components/Icon.js";
import type { DocumentError } from "../../domain/provenance/shapes.js";
import type { VerifyTexts } from "../../texts/verify.en.js";
import { useWords } from "../../texts/index.js";
import { Checked } from "./Checked.js";
import { ClaimChecked, ClaimPaper } from "./ClaimChecked.js";
import { FileButton, FileDrop } from "./FileDrop.js";
import { open, type Opened } from "./opened.js";
import { ProofChecked, warmUpProofs } from "./ProofChecked.js";
import { VERIFY } from "./words.js";
import "./verify.css";

export default function VerifyScreen() {
  const words = useWords(VERIFY);
  const printed = printOf(useApp().router.place.value.query.get("claim"));
  const [opened, setOpened] = useState<Opened | undefined>();
  const [checkpoint, setCheckpoint] = useState<Uint8Array | undefined>();
  useEffect(() => {
    // Once this page is here it works without the server: what fails now is tried again with the first file.
    import("../../chain/provenanceProofs.js").then(({ warmUp }) => warmUp()).catch(() => undefined);
    warmUpProofs().catch(() => undefined);
  }, []);
  async function take(file: File): Promise<void> {
    const found = await open(file);
    if (found.kind === "checkpoint") setCheckpoint(found.data);
    else setOpened(found);
  }
  const isOpen = opened !== undefined && opened.kind !== "refused";
  return (
    <>
      <header class="page-head">
        <h1>{words.title}</h1>
        {isOpen && (
          <Button
            look="plain"
            small
            onClick={() => {
              setOpened(undefined);
            }}
          >
            {words.another}
          </Button>
        )}
      </header>
      <div class="stack">
        {printed !== undefined && opened?.kind !== "claim" && <ClaimPaper printed={printed} />}
        {!isOpen && <OpenFile onFile={(file) => void take(file)} />}
        {!isOpen && checkpoint && <p class="small quiet">{words.proof.checkpointTaken}</p>}
        {opened?.kind === "refused" && (
          <Banner icon="alert" tone="bad">
            {refusalText(opened.error, words)}
          </Banner>
        )}
        {opened?.kind === "provenance" && <Checked document={opened.document} />}
        {opened?.kind === "claim" && <ClaimChecked document={opened.document} data={opened.data} printed={printed} />}
        {opened?.kind === "proof" && (
          <ProofChecked data={opened.data} checkpoint={checkpoint} onCheckpoint={setCheckpoint} />
        )}
      </div>
    </>
  );
}

function OpenFile({ onFile }: { readonly onFile: (file: File) => void }) {
  const words = useWords(VERIFY);
  return (
    <>
      <p class="quiet">{words.intro}</p>
      <FileDrop onFile={onFile}>
        <Icon name="verify" />
        <h2>{words.drop}</h2>
        <FileButton label={words.choose} icon="guarantees" onFile={onFile} />
        <p class="small quiet">{words.example}</p>
      </FileDrop>
    </>
  );
}

/** What the code on a claim's paper leads here with: the SHA-256 of its data file. */
function printOf(query: string | null): string | undefined {
  return query !== null && /^[0-9a-f]{64}$/.test(query) ? query : undefined;
}

function refusalText(error: DocumentError | undefined, { refusals }: VerifyTexts): string {
  if (!error) return refusals.unreadable;
  const words = refusals[error.reason];
  return typeof words === "string" ? words : words(error.where);
}
