/** Hours of local days as a list of bands, one an interval: what the tariff schedule takes. */
import { addDays, localTime, startOfDay } from "../../app/time.js";

export interface Schedule {
  readonly firstInterval: number;
  readonly bands: readonly number[];
}

/** Most days dated at once: what one transaction carries easily. */
export const MOST_DAYS = 31;

/**
 * Band `band` from hour `from` to hour `to` (0 to 24; past midnight where `to` is earlier) of local days `firstDay` to
 * `lastDay`, the default (0) in the rest of those days. Days of 23 and 25 hours come out right.
 *
 * Undefined where there is no such span.
 */
export function hoursAsBands(
  band: number,
  span: { readonly firstDay: string; readonly lastDay: string; readonly from: number; readonly to: number },
  zone: string,
  minutes: number,
): Schedule | undefined {
  const { firstDay, lastDay, from, to } = span;
  const isDay = (day: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(day);
  if (!isDay(firstDay) || !isDay(lastDay) || lastDay < firstDay) return undefined;
  if (addDays(firstDay, MOST_DAYS) <= lastDay) return undefined;
  const seconds = minutes * 60;
  const first = Math.floor(startOfDay(firstDay, zone) / seconds);
  const end = Math.floor(startOfDay(addDays(lastDay, 1), zone) / seconds);
  const bands = Array.from({ length: end - first }, (_, at) => {
    const { hour } = localTime((first + at) * seconds, zone);
    const within = from < to ? hour >= from && hour < to : hour >= from || hour < to;
    return within ? band : 0;
  });
  return { firstInterval: first, bands };
}

/** `hour` of a form as a whole hour from 0 to 24; undefined where it is none. */
export function hourOf(text: string): number | undefined {
  const hour = Number(text);
  return /^\d{1,2}$/.test(text.trim()) && hour <= 24 ? hour : undefined;
}
