/** Rules of one certificate: its number and its life. Every deadline counts from the end of production. */
import { checked, MAX_INDEX } from "../units.js";
import { addMonths } from "./months.js";

export const TRANSFER_MONTHS = 12;
export const CANCEL_MONTHS = 18;

/** Unix seconds; `transferableUntil` and `cancellableUntil` are the first seconds that are too late. */
export interface Lifetime {
  readonly start: number;
  readonly end: number;
  readonly transferableUntil: number;
  readonly cancellableUntil: number;
}

/** device · 2^32 + interval. Throws RuleError unless both have 32 bits and the device is not 0. */
export function certificateId(device: number, interval: number): bigint {
  checked(device, 1, MAX_INDEX, `device is ${device}`);
  checked(interval, 0, MAX_INDEX, `interval is ${interval}`);
  return (BigInt(device) << 32n) | BigInt(interval);
}

/** Deadlines of what was produced in an interval of `minutes`. Throws RuleError beyond the year 9999. */
export function lifetimeOf(interval: number, minutes: number): Lifetime {
  const start = interval * minutes * 60;
  const end = start + minutes * 60;
  return {
    start,
    end,
    transferableUntil: addMonths(end, TRANSFER_MONTHS),
    cancellableUntil: addMonths(end, CANCEL_MONTHS),
  };
}
