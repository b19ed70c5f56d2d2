/**
 * UTC months on unix seconds: when a certificate stops moving and when it expires (RED III 19(3)).
 *
 * Adding months keeps the time of day and clamps the day to the length of the month reached: 31 January + 1 month
 * is the last of February. A deadline is counted in one step from the end of production, for the clamp looks at the
 * first date only. Unix time has no leap seconds, nor have the dates of the language.
 */
import { checked } from "../units.js";

const LAST_UNIX = Date.UTC(10_000, 0, 1) / 1000 - 1;

/**
 * `unix` (whole seconds, 1970 to 9999) plus a number of UTC calendar months (>= 0).
 *
 * Throws RuleError when an argument is out of range or the result leaves the year 9999.
 */
export function addMonths(unix: number, months: number): number {
  checked(unix, 0, LAST_UNIX, `unix time ${unix} is outside the years 1970 to 9999`);
  checked(months, 0, 12 * 10_000, `${months} months are added`);
  const from = new Date(unix * 1000);
  const year = from.getUTCFullYear();
  const month = from.getUTCMonth() + months;
  const daysReached = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(year, month, Math.min(from.getUTCDate(), daysReached)) / 1000;
  return checked(midnight + (unix % 86_400), 0, LAST_UNIX, `unix time ${unix} plus ${months} months`);
}
