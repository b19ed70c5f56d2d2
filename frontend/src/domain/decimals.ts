/** Amounts as people type them, exact: `5`, `5,25` and `5.25` are the same; nothing is guessed or rounded. */

/**
 * `text` × 10^decimals as a whole number; undefined where it is no number, has more digits after the mark than
 * `decimals`, or does not say which mark is the decimal one (`1.234,5`).
 */
export function parseDecimal(text: string, decimals: number): bigint | undefined {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace("−", "-");
  const found = /^(-?)(\d{1,15})(?:[.,](\d*))?$/.exec(plain);
  if (!found) return undefined;
  const [, sign = "", whole = "", fraction = ""] = found;
  if (fraction.length > decimals) return undefined;
  const value = BigInt(whole + fraction.padEnd(decimals, "0"));
  return sign ? -value : value;
}

/** An energy in kWh as Wh, more than zero and below 2^53; undefined where it is none. */
export function parseKwh(text: string): number | undefined {
  const wh = parseDecimal(text, 3);
  return wh !== undefined && wh > 0n && wh <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wh) : undefined;
}

/** An amount in euros as n€; undefined where it is none. */
export function parseEuro(text: string): bigint | undefined {
  return parseDecimal(text, 9);
}

/** A price in c€/kWh as µ€/kWh; undefined where it is none. */
export function parseCents(text: string): number | undefined {
  const price = parseDecimal(text, 4);
  return price === undefined ? undefined : Number(price);
}
