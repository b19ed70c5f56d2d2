/** Local months, named `2026-04`. */
import { addMonths, dayOf, startOfDay } from "../../app/time.js";

/** The bounds of a month in `zone`, unix seconds, [from, to). */
export function monthSpan(month: string, zone: string): { readonly from: number; readonly to: number } {
  const first = `${month}-01`;
  return { from: startOfDay(first, zone), to: startOfDay(addMonths(first, 1), zone) };
}

/** The local month of an instant. */
export function monthOf(unix: number, zone: string): string {
  return dayOf(unix, zone).slice(0, 7);
}
