/** Verify: a proof file is opened, read and checked here, in this page alone. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Banner } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Icon } from "../../components/Icon.js";
import { LARGEST_CHARACTERS, parseDocument, type ProvenanceDocument } from "../../domain/provenance/document.js";
import { DocumentError } from "../../domain/provenance/shapes.js";
import type { VerifyTexts } from "../../texts/verify.en.js";
import { useWords } from "../../texts/index.js";
import { Checked } from "./Checked.js";
import { VERIFY } from "./words.js";
import "./verify.css";

type Opened = { readonly document: ProvenanceDocument } | { readonly error: DocumentError | undefined } | undefined;

export default function VerifyScreen() {
  const words = useWords(VERIFY);
  const [opened, setOpened] = useState<Opened>();
  useEffect(() => {
    // Once this page is here it works without the server: what fails now is tried again with the first file.
    import("../../chain/provenanceProofs.js").then(({ warmUp }) => warmUp()).catch(() => undefined);
  }, []);
  return (
    <>
      <header class="page-head">
        <h1>{words.title}</h1>
        {opened && "document" in opened && (
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
        {!(opened && "document" in opened) && <OpenFile onFile={(file) => void read(file).then(setOpened)} />}
        {opened && "error" in opened && (
          <Banner icon="alert" tone="bad">
            {refusalText(opened.error, words)}
          </Banner>
        )}
        {opened && "document" in opened && <Checked document={opened.document} />}
      </div>
    </>
  );
}

/** A place to drop a file on, and a button that opens the same. */
function OpenFile({ onFile }: { readonly onFile: (file: File) => void }) {
  const words = useWords(VERIFY);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <>
      <p class="quiet">{words.intro}</p>
      <div
        class="drop"
        data-over={over}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => {
          setOver(false);
        }}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          const file = event.dataTransfer?.files[0];
          if (file) onFile(file);
        }}
      >
        <Icon name="verify" />
        <h2>{words.drop}</h2>
        <input
          ref={input}
          class="unseen"
          type="file"
          accept=".json,application/json"
          tabIndex={-1}
          aria-label={words.choose}
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) onFile(file);
            event.currentTarget.value = ""; // the same file may be chosen again
          }}
        />
        <Button icon="guarantees" onClick={() => input.current?.click()}>
          {words.choose}
        </Button>
        <p class="small quiet">{words.example}</p>
      </div>
    </>
  );
}

async function read(file: File): Promise<Opened> {
  // UTF-8 takes up to four bytes a character; larger files are not even read.
  if (file.size > 4 * LARGEST_CHARACTERS) return { error: new DocumentError("too_large") };
  try {
    return { document: parseDocument(await file.text()) };
  } catch (error) {
    return { error: error instanceof DocumentError ? error : undefined };
  }
}

function refusalText(error: DocumentError | undefined, { refusals }: VerifyTexts): string {
  if (!error) return refusals.unreadable;
  const words = refusals[error.reason];
  return typeof words === "string" ? words : words(error.where);
}
