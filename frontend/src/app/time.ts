/**
 * Times of the community's zone, by the browser's own tables: on the chain time is UTC, on screens it is local.
 *
 * A local day is named `2026-04-01`. It has 23 to 25 hours, so its bounds are looked up, never computed with 24.
 */
import type { Language } from "../formatting.js";

const LOCALES = { fr: "fr-FR", en: "en-GB" } as const;

/** Local calendar fields of an instant. `month` is 1 to 12. */
export interface LocalTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** The local fields of `unix` seconds in `zone`. Throws RangeError for a zone that the browser does not know. */
export function localTime(unix: number, zone: string): LocalTime {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const fields = new Map(format.formatToParts(unix * 1000).map(({ type, value }) => [type, Number(value)]));
  const field = (name: Intl.DateTimeFormatPartTypes): number => fields.get(name) ?? 0;
  return {
    year: field("year"),
    month: field("month"),
    day: field("day"),
    hour: field("hour"),
    minute: field("minute"),
    second: field("second"),
  };
}

/** The local day of an instant, `2026-04-01`. */
export function dayOf(unix: number, zone: string): string {
  const { year, month, day } = localTime(unix, zone);
  return dayText(year, month, day);
}

/** The first unix second of a local day (or of the local time `hour` in it). */
export function startOfDay(day: string, zone: string, hour = 0): number {
  const wanted = utcOf(day) + hour * 3600;
  // Two looks: the offset at the guess, and again where the guess fell on the other side of a change. A local time
  // that the clock jumps over has neither: then the first moment after the jump.
  const guess = wanted - offsetAt(wanted, zone);
  const second = wanted - offsetAt(guess, zone);
  return offsetAt(second, zone) === offsetAt(guess, zone) ? second : Math.max(guess, second);
}

/** The day `count` days later; calendar days, whatever their length. */
export function addDays(day: string, count: number): string {
  return textOf(utcOf(day) + count * 86_400);
}

/** The same day of another month, or its last where it has none. */
export function addMonths(day: string, count: number): string {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1 + count, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return dayText(first.getUTCFullYear(), first.getUTCMonth() + 1, Math.min(date, last));
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayOf(day: string): number {
  return (new Date(utcOf(day) * 1000).getUTCDay() + 6) % 7;
}

/** `14:30`. */
export function clockText(unix: number, zone: string, language: Language): string {
  return show(unix, zone, language, { hour: "2-digit", minute: "2-digit" });
}

/** `Wed 1 April`, with the year where it is another than that of `now`. */
export function dayShown(unix: number, zone: string, language: Language, now?: number): string {
  const otherYear = now !== undefined && localTime(unix, zone).year !== localTime(now, zone).year;
  const year = otherYear ? ({ year: "numeric" } as const) : {};
  return show(unix, zone, language, { weekday: "short", day: "numeric", month: "long", ...year });
}

/** `1 Apr, 14:30`. */
export function momentShown(unix: number, zone: string, language: Language): string {
  return show(unix, zone, language, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

/** `April 2026`. */
export function monthShown(unix: number, zone: string, language: Language): string {
  return show(unix, zone, language, { month: "long", year: "numeric" });
}

/** Any other form, by the browser's options. */
export function show(unix: number, zone: string, language: Language, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LOCALES[language], { timeZone: zone, ...options }).format(unix * 1000);
}

/** Time left as `3 d 4 h`, `2 h 05 min`, `4 min 09 s` or `12 s`; nothing left is `0 s`. */
export function countdownText(seconds: number, language: Language): string {
  const left = Math.max(0, Math.floor(seconds));
  const [days, hours, minutes, rest] = [
    Math.floor(left / 86_400),
    Math.floor((left % 86_400) / 3600),
    Math.floor((left % 3600) / 60),
    left % 60,
  ];
  const two = (value: number): string => String(value).padStart(2, "0");
  if (days > 0) return `${days} ${language === "fr" ? "j" : "d"} ${hours} h`;
  if (hours > 0) return `${hours} h ${two(minutes)} min`;
  return minutes > 0 ? `${minutes} min ${two(rest)} s` : `${rest} s`;
}

function offsetAt(unix: number, zone: string): number {
  const { year, month, day, hour, minute, second } = localTime(unix, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) / 1000 - unix;
}

function utcOf(day: string): number {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return Date.UTC(year, month - 1, date) / 1000;
}

function textOf(utc: number): string {
  const date = new Date(utc * 1000);
  return dayText(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
}

function dayText(year: number, month: number, day: number): string {
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
