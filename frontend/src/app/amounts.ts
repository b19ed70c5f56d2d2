/**
 * Energy, prices, money and points as screens show them: with the digits that a person can use.
 *
 * Money and identifiers come as decimal strings from the server and become bigints here, never floats.
 */
import { decimalText, eurText, kwhText, priceText, type Language } from "../formatting.js";

const NO_BREAK = "\u00a0";

/** `0.32 kWh`, `12.4 kWh`, `1,234 kWh`: three digits or so, whole kWh from 100 on. */
export function energyShown(wh: bigint | number, language: Language): string {
  return kwhText(wh, language, energyPlaces(wh));
}

/** The number of `energyShown` alone, for where the unit stands apart. */
export function energyNumber(wh: bigint | number, language: Language): string {
  return decimalText(wh, 3, language, { places: energyPlaces(wh) });
}

/** Digits after the mark for an energy in kWh. */
export function energyPlaces(wh: bigint | number): number {
  const size = wh < 0 ? -wh : wh;
  if (size < 9_995) return 2;
  return size < 99_950 ? 1 : 0;
}

/** `1.4 kW` from W; one digit, two below 1 kW. */
export function powerShown(w: number, language: Language): string {
  return `${decimalText(w, 3, language, { places: Math.abs(w) < 1_000 ? 2 : 1 })}${NO_BREAK}kW`;
}

/** `15.0 c€/kWh` from µ€/kWh. */
export function priceShown(price: number, language: Language, places = 1): string {
  return priceText(price, language, places);
}

/** `€12.34` from n€ as the server writes it. */
export function moneyShown(neur: string | bigint, language: Language): string {
  return eurText(BigInt(neur), language, 2);
}

/** Like `moneyShown`, with a plus sign for gains. */
export function moneySigned(neur: string | bigint, language: Language): string {
  const amount = BigInt(neur);
  const text = moneyShown(amount, language);
  // A true minus is as wide as the plus; the exact texts keep the hyphen that programs read.
  return amount >= 5_000_000n ? `+${text}` : text.replace("-", "−");
}

/** Ecopoints from mPt (0.001 point): whole points, rounded down: nobody is shown a point that is not there. */
export function pointsShown(milliPoints: string | bigint, language: Language): string {
  return decimalText(BigInt(milliPoints) / 1000n, 0, language);
}

/** `part` of `whole` as a whole percentage; an empty whole has none. */
export function percentOf(part: number, whole: number): number | undefined {
  return whole > 0 ? Math.round((part * 100) / whole) : undefined;
}

/** `62 %` in French, `62%` in English. */
export function percentShown(percent: number, language: Language): string {
  return language === "fr" ? `${percent}${NO_BREAK}%` : `${percent}%`;
}

/** `0x5aAe…eAed`: enough to recognise one's own account. */
export function accountShown(account: string): string {
  return `${account.slice(0, 6)}…${account.slice(-4)}`;
}
