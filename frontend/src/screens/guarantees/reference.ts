/** A national registry's reference as people write it. */

/** The ASCII text in 32 bytes, or their digits where they hold none; `–` for no reference. */
export function referenceShown(reference: string | null): string {
  if (reference === null) return "–";
  const codes = (reference.slice(2).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  const end = codes.findLastIndex((code) => code !== 0) + 1;
  const text = codes.slice(0, end);
  const printable = text.length > 0 && text.every((code) => code >= 0x20 && code < 0x7f);
  return printable ? String.fromCharCode(...text) : reference;
}
