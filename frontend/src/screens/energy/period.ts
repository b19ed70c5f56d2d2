/** The time that a chart shows: a local day, the week from Monday, the month or the year around it. */
import type { Period } from "../../api/types.js";
import { addDays, addMonths, localTime, show, startOfDay, weekdayOf } from "../../app/time.js";
import type { Language } from "../../formatting.js";

export const PERIODS: readonly Period[] = ["day", "week", "month", "year"];

/** `text` from an address as a period; what is none is a day. */
export function periodOf(text: string | null): Period {
  return PERIODS.find((period) => period === text) ?? "day";
}

/** `text` from an address as a local day, if it is one. */
export function dateOf(text: string | null): string | undefined {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** The day that stands for the period `count` periods later. */
export function shifted(date: string, period: Period, count: number): string {
  switch (period) {
    case "day":
      return addDays(date, count);
    case "week":
      return addDays(date, 7 * count);
    case "month":
      return addMonths(date, count);
    case "year":
      return addMonths(date, 12 * count);
  }
}

/** The first day of the period around `date`. */
export function firstDayOf(date: string, period: Period): string {
  switch (period) {
    case "day":
      return date;
    case "week":
      return addDays(date, -weekdayOf(date));
    case "month":
      return `${date.slice(0, 7)}-01`;
    case "year":
      return `${date.slice(0, 4)}-01-01`;
  }
}

/** The period in words: `Wed 1 April 2026`, `30 Mar – 5 Apr 2026`, `April 2026`, `2026`. */
export function periodText(date: string, period: Period, zone: string, language: Language): string {
  const unix = startOfDay(firstDayOf(date, period), zone);
  switch (period) {
    case "day":
      return show(unix, zone, language, { weekday: "short", day: "numeric", month: "long", year: "numeric" });
    case "week": {
      const last = startOfDay(addDays(firstDayOf(date, period), 6), zone);
      const from = show(unix, zone, language, { day: "numeric", month: "short" });
      return `${from} – ${show(last, zone, language, { day: "numeric", month: "short", year: "numeric" })}`;
    }
    case "month":
      return show(unix, zone, language, { month: "long", year: "numeric" });
    case "year":
      return show(unix, zone, language, { year: "numeric" });
  }
}

/** A column's name on the axis and in the read-out. */
export function columnText(
  start: number,
  end: number,
  period: Period,
  zone: string,
  language: Language,
): { readonly label: string; readonly title: string } {
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const text = (unix: number, options: Intl.DateTimeFormatOptions): string => show(unix, zone, language, options);
  switch (period) {
    case "day":
      return { label: text(start, clock), title: `${text(start, clock)}–${text(end, clock)}` };
    case "week":
      return {
        label: localTime(start, zone).hour === 0 ? text(start, { weekday: "short" }) : "",
        title: `${text(start, { weekday: "short", ...clock })}–${text(end, clock)}`,
      };
    case "month":
      return {
        label: text(start, { day: "numeric" }),
        title: text(start, { weekday: "short", day: "numeric", month: "long" }),
      };
    case "year":
      return { label: text(start, { month: "short" }), title: text(start, { month: "long", year: "numeric" }) };
  }
}
