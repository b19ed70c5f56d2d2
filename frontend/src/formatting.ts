/**
 * Energy, prices and money for people, from integers alone: French and English.
 *
 * Without `places` every digit is shown. With `places` the text is rounded half away from zero: for screens only,
 * nothing settled is ever read back from it.
 */
import { checked } from "./units.js";

/** Languages of the pages. */
export type Language = "fr" | "en";

const NO_BREAK = "\u00a0";
const NARROW_NO_BREAK = "\u202f";
const MARKS = { fr: { group: NARROW_NO_BREAK, decimal: "," }, en: { group: ",", decimal: "." } } as const;

/** `places`: digits after the mark; without it trailing zeros go, down to `least` digits. */
export interface Digits {
  readonly places?: number | undefined;
  readonly least?: number;
}

/**
 * value × 10^-decimals with the language's marks: 1234567 at 3 is `1 234,567` or `1,234.567`.
 *
 * Throws RuleError for a negative number of digits.
 */
export function decimalText(value: bigint | number, decimals: number, language: Language, digits: Digits = {}): string {
  const { places, least = 0 } = digits;
  for (const count of [decimals, least, places ?? 0]) checked(count, 0, 100, `a number of digits is ${count}`);
  const shown = places ?? decimals;
  const exact = BigInt(value);
  const scaled = rescaled(exact < 0n ? -exact : exact, decimals, shown);
  const text = scaled.toString().padStart(shown + 1, "0");
  const whole = text.slice(0, text.length - shown);
  const tail = text.slice(text.length - shown);
  const fraction = places === undefined ? tail.replace(/0+$/, "").padEnd(least, "0") : tail;
  const { group, decimal } = MARKS[language];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  const sign = exact < 0n && scaled > 0n ? "-" : "";
  return sign + grouped + (fraction && decimal + fraction);
}

/** Wh as kWh: `1,234 kWh` in French, `1.234 kWh` in English. */
export function kwhText(energyWh: bigint | number, language: Language, places?: number): string {
  return `${decimalText(energyWh, 3, language, { places })}${NO_BREAK}kWh`;
}

/** µ€/kWh as c€/kWh: 123,450 is `12,345 c€/kWh` in French. */
export function priceText(price: bigint | number, language: Language, places?: number): string {
  return `${decimalText(price, 4, language, { places, least: 2 })}${NO_BREAK}c€/kWh`;
}

/** n€ as euros: `12,34 €` in French, `€12.34` in English; at least two digits after the mark. */
export function eurText(amountNeur: bigint, language: Language, places?: number): string {
  const number = decimalText(amountNeur, 9, language, { places, least: 2 });
  if (language === "fr") return `${number}${NO_BREAK}€`;
  return number.startsWith("-") ? `-€${number.slice(1)}` : `€${number}`;
}

function rescaled(value: bigint, decimals: number, shown: number): bigint {
  const step = 10n ** BigInt(Math.abs(decimals - shown));
  return shown >= decimals ? value * step : (value + step / 2n) / step;
}
