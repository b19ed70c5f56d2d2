/** Files that this page reads: which kind one is, and what it holds. */
import { FORMAT as CLAIM, parseClaim, type ClaimDocument } from "../../domain/claim/document.js";
import { LARGEST_CHARACTERS, parseDocument, type ProvenanceDocument } from "../../domain/provenance/document.js";
import { DocumentError } from "../../domain/provenance/shapes.js";

/** By a file's own `format`. `data`: its bytes as they are, for every one of them counts. */
export type Opened =
  | { readonly kind: "provenance"; readonly document: ProvenanceDocument }
  | { readonly kind: "proof"; readonly data: Uint8Array }
  | { readonly kind: "checkpoint"; readonly data: Uint8Array }
  | { readonly kind: "claim"; readonly document: ClaimDocument; readonly data: Uint8Array }
  | { readonly kind: "refused"; readonly error: DocumentError | undefined };

const KINDS: ReadonlyMap<unknown, "proof" | "checkpoint"> = new Map([
  ["wattcommons-proof", "proof"],
  ["wattcommons-checkpoint", "checkpoint"],
]);

export async function open(file: File): Promise<Opened> {
  // UTF-8 takes up to four bytes a character; larger files are not even read.
  if (file.size > 4 * LARGEST_CHARACTERS) return { kind: "refused", error: new DocumentError("too_large") };
  try {
    const data = new Uint8Array(await file.arrayBuffer());
    const text = new TextDecoder().decode(data);
    const format = formatOf(text);
    if (format === CLAIM) return { kind: "claim", document: parseClaim(text), data };
    const kind = KINDS.get(format);
    return kind ? { kind, data } : { kind: "provenance", document: parseDocument(text) };
  } catch (error) {
    return { kind: "refused", error: error instanceof DocumentError ? error : undefined };
  }
}

function formatOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "format" in value ? value.format : undefined;
  } catch {
    return undefined; // told as what it is by the reader of the other kind
  }
}
