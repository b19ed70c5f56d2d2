/** Sentences of a checked proof file in words: codes and figures become text, parts of sentences within sentences. */
import type { Code, Figure, Figures, Say } from "../domain/proof/say.js";
import { decimalText, kwhText, priceText, type Language } from "../formatting.js";

/** How figures are said, exact to the last digit. */
export interface Said {
  /** Anything as it is; a part of a sentence in its words. */
  text(value: Figure | undefined): string;
  kwh(value: Figure | undefined): string;
  price(value: Figure | undefined): string;
  /** A whole number with the language's marks. */
  count(value: Figure | undefined): string;
  /** Unix seconds as a moment of UTC: what a stranger compares with any other clock. */
  time(value: Figure | undefined): string;
  /** Each of a list of pairs in words. */
  pairs(value: Figure | undefined, one: (left: Figure, right: Figure) => string): string;
  /** Each of a list of parts of a sentence, with words between them. */
  list(value: Figure | undefined, between: string): string;
}

/** The words of every code in one language. */
export type ProofWords = Readonly<Record<Code, (values: Figures, said: Said) => string>>;

export function sentence(what: Say, words: ProofWords, language: Language): string {
  const text = (value: Figure | undefined): string => {
    if (typeof value === "object" && "code" in value) return sentence(value, words, language);
    return value === undefined ? "" : plain(value);
  };
  const whole = (value: Figure | undefined): bigint => BigInt(plain(value ?? 0));
  return words[what.code](what.values, {
    text,
    kwh: (value) => kwhText(whole(value), language),
    price: (value) => priceText(whole(value), language),
    count: (value) => decimalText(whole(value), 0, language),
    time: (value) => `${new Date(Number(whole(value)) * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`,
    pairs: (value, one) => {
      const pairs = Array.isArray(value) ? (value as readonly (readonly [Figure, Figure])[]) : [];
      return pairs.map(([left, right]) => one(left, right)).join(", ");
    },
    list: (value, between) => (Array.isArray(value) ? (value as readonly Figure[]).map(text).join(between) : ""),
  });
}

function plain(value: Figure): string {
  return typeof value === "object" ? "" : String(value);
}
