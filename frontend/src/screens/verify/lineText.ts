/** A line of the tree in words. */
import type { Line } from "../../domain/provenance/tree.js";
import { eurText, kwhText, priceText, type Language } from "../../formatting.js";
import { momentShown, show } from "../../app/time.js";
import type { LineWords, Shown } from "../../texts/verify.en.js";

/** Figures exact to the last digit: a checked figure is never rounded. */
export function shownIn(language: Language, zone: string): Shown {
  return {
    wh: (value) => kwhText(Number(value), language),
    price: (value) => priceText(Number(value), language),
    money: (value) => eurText(BigInt(String(value)), language),
    account: (value) => shortAccount(String(value)),
    time: (value) =>
      `${momentShown(Number(value), zone, language)} ${show(Number(value), zone, language, { year: "numeric" })}`,
  };
}

/** Name and sentence of a line; a code or reason without words shows itself, so that nothing is ever hidden. */
export function lineText(
  line: Line,
  lines: Readonly<Record<string, LineWords>>,
  shown: Shown,
): { readonly title: string; readonly text: string } {
  const known = lines[line.code];
  if (!known) return { title: line.code, text: line.reason };
  const say = line.reason === "" ? known.ok : known.reasons[line.reason];
  return { title: known.title, text: say ? say(line.values, shown) : line.reason };
}

function shortAccount(account: string): string {
  return account.length === 42 ? `${account.slice(0, 8)}…${account.slice(-6)}` : account;
}
