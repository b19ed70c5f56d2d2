/**
 * A bid as a person fills it in, and the order that it becomes.
 *
 * Figures are read exactly: `15.05` c€/kWh is 150,500 µ€/kWh, never a float in between. A comma is a decimal mark too.
 */
import { startOfDay, addDays } from "../app/time.js";
import { DEFAULT_BUY_SHARE_PPM, DEFAULT_SELL_SHARE_PPM, FOREVER, NO_CAP, type Order } from "../domain/orders.js";
import type { IntervalIndex, ParticipantIndex, Wh } from "../units.js";

/** What the fields hold, as typed. */
export interface BidForm {
  /** `automatic` follows the grid's prices of each interval and shares the gain. */
  readonly mode: "prices" | "automatic";
  /** c€/kWh */
  readonly buy: string;
  readonly sell: string;
  /** kWh an interval; empty: as much as there is. */
  readonly buyCap: string;
  readonly sellCap: string;
  readonly start: "now" | "later";
  /** Local time, `2026-04-05T14:30`. */
  readonly from: string;
  readonly end: "open" | "date";
  /** The last local day, `2026-04-05`. */
  readonly until: string;
}

export type BidField = "buy" | "sell" | "buyCap" | "sellCap" | "from" | "until";

/** - `missing` · `number`: no number, or too many digits · `range`: too large or below what is possible · `closed`: that time can no longer be bid for · `order`: it ends before it begins */
export type BidMistake = "missing" | "number" | "range" | "closed" | "order";

export interface BidContext {
  readonly participant: number;
  readonly nonce: number;
  readonly firstOpenInterval: number;
  /** Seconds of an interval. */
  readonly length: number;
  readonly zone: string;
  /** Whether the metering point produces: else only buying is asked. */
  readonly sells: boolean;
  /** Last unix second for the order to land. */
  readonly deadline: number;
}

export type BidResult =
  | { readonly order: Order; readonly mistakes?: undefined }
  | { readonly order?: undefined; readonly mistakes: Readonly<Partial<Record<BidField, BidMistake>>> };

const PRICE_DECIMALS = 4;
const ENERGY_DECIMALS = 3;
const MOST_PRICE = 1_000_000_000;

/** The order that `form` means, or every mistake in it. */
export function orderOf(form: BidForm, context: BidContext): BidResult {
  const mistakes: Partial<Record<BidField, BidMistake>> = {};
  const note = <Value>(field: BidField, value: Value | BidMistake): Value | undefined => {
    if (!isMistake(value)) return value;
    mistakes[field] = value;
    return undefined;
  };
  const priced = form.mode === "prices";
  const buy = priced ? note("buy", price(form.buy)) : DEFAULT_BUY_SHARE_PPM;
  const sell = priced ? (context.sells ? note("sell", price(form.sell)) : 0) : DEFAULT_SELL_SHARE_PPM;
  const buyCapWh = note("buyCap", cap(form.buyCap));
  const sellCapWh = context.sells ? note("sellCap", cap(form.sellCap)) : NO_CAP;
  const fromInterval = form.start === "now" ? 0 : note("from", firstInterval(form.from, context));
  const begins = Math.max(fromInterval ?? 0, context.firstOpenInterval);
  const toInterval = form.end === "open" ? FOREVER : note("until", endInterval(form.until, begins, context));
  if (
    Object.keys(mistakes).length > 0 ||
    buy === undefined ||
    sell === undefined ||
    buyCapWh === undefined ||
    sellCapWh === undefined ||
    fromInterval === undefined ||
    toInterval === undefined
  ) {
    return { mistakes };
  }
  return {
    order: {
      participant: context.participant as ParticipantIndex,
      standing: form.end === "open",
      limits: { kind: priced ? "fixed" : "share", buy, sell },
      buyCapWh: buyCapWh as Wh,
      sellCapWh: sellCapWh as Wh,
      fromInterval: fromInterval as IntervalIndex,
      toInterval: toInterval as IntervalIndex,
      nonce: context.nonce,
      deadlineUnix: BigInt(context.deadline),
    },
  };
}

/**
 * `text` × 10^decimals as a whole number; undefined when it is no plain decimal number, has more digits than fit, or
 * is beyond 2^53. `1 234,5` and `1234.5` are the same.
 */
export function exactNumber(text: string, decimals: number): number | undefined {
  const match = /^([-+−]?)(\d{1,12})(?:[.,](\d*))?$/.exec(text.replace(/[\s\u00a0\u202f]/g, ""));
  if (!match) return undefined;
  const [, sign = "", whole = "", fraction = ""] = match;
  const kept = fraction.replace(/0+$/, "");
  if (kept.length > decimals) return undefined;
  const value = Number(whole + kept.padEnd(decimals, "0"));
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === "-" || sign === "−" ? 0 - value : value;
}

function price(text: string): number | BidMistake {
  if (text.trim() === "") return "missing";
  const value = exactNumber(text, PRICE_DECIMALS);
  if (value === undefined) return "number";
  return Math.abs(value) > MOST_PRICE ? "range" : value;
}

function cap(text: string): number | BidMistake {
  if (text.trim() === "") return NO_CAP;
  const value = exactNumber(text, ENERGY_DECIMALS);
  if (value === undefined) return "number";
  return value < 0 || value >= NO_CAP ? "range" : value;
}

function firstInterval(text: string, { length, zone, firstOpenInterval }: BidContext): number | BidMistake {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})/.exec(text);
  const [, day, hour, minute] = match ?? [];
  if (!day) return "missing";
  const unix = startOfDay(day, zone, Number(hour) + Number(minute) / 60);
  const interval = Math.ceil(unix / length);
  return interval < firstOpenInterval ? "closed" : interval;
}

/** The first interval after the last day. */
function endInterval(text: string, begins: number, { length, zone }: BidContext): number | BidMistake {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return "missing";
  const interval = Math.ceil(startOfDay(addDays(text, 1), zone) / length);
  return interval <= begins ? "order" : interval;
}

const MISTAKES: ReadonlySet<unknown> = new Set<BidMistake>(["missing", "number", "range", "closed", "order"]);

function isMistake(value: unknown): value is BidMistake {
  return MISTAKES.has(value);
}
