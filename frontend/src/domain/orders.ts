/** Orders: what a participant accepts to pay and to receive, from when, until when. */
import { floorDiv, MAX_INDEX, MAX_WH, PPM } from "../units.js";
import type { IntervalIndex, MicroEurPerKwh, ParticipantIndex, Wh } from "../units.js";
import { spreadOf, type Tariff } from "./tariffs.js";

/** As a cap: any energy. */
export const NO_CAP = MAX_WH;
/** End of a standing order. */
export const FOREVER = MAX_INDEX as IntervalIndex;

/** The order of who never bids: buys up to ¾ of the spread, sells from ¼ of it. */
export const DEFAULT_BUY_SHARE_PPM = 750_000;
export const DEFAULT_SELL_SHARE_PPM = 250_000;

/**
 * Limits as the member states them: prices in µ€/kWh (the buyer's includes the network fee), or ppm of the
 * interval's spread, 0 to 1,000,000.
 */
export interface StatedLimits {
  readonly kind: "fixed" | "share";
  readonly buy: number;
  readonly sell: number;
}

/** One order of one participant, as signed; in force in [fromInterval, toInterval). */
export interface Order {
  readonly participant: ParticipantIndex;
  readonly standing: boolean;
  readonly limits: StatedLimits;
  /** Most energy traded locally in an interval, each way. */
  readonly buyCapWh: Wh;
  readonly sellCapWh: Wh;
  /** 0: the first open interval when the order lands. */
  readonly fromInterval: IntervalIndex;
  readonly toInterval: IntervalIndex;
  /** 1 to 2^40 − 1, strictly increasing per participant. */
  readonly nonce: number;
  /** Last unix second to land. */
  readonly deadlineUnix: bigint;
}

/** The member's own limits under one tariff, µ€/kWh: may lie above R or below F. */
export interface Limits {
  readonly buy: number;
  readonly sell: number;
}

/**
 * Limits under a tariff, before the grid bounds them.
 *
 * A share s buys up to F + ⌊s·(R − f − F)⌋ + f and sells from F + ⌊s·(R − f − F)⌋: rounded down, less than
 * 1 µ€/kWh, in the seller's disfavour and the buyer's favour.
 */
export function limitsUnder(stated: StatedLimits, tariff: Tariff): Limits {
  if (stated.kind === "fixed") return { buy: stated.buy, sell: stated.sell };
  const spread = spreadOf(tariff);
  return {
    buy: tariff.feedIn + floorDiv(stated.buy * spread, PPM) + tariff.networkFee,
    sell: tariff.feedIn + floorDiv(stated.sell * spread, PPM),
  };
}

/** Highest price a buyer with this limit accepts: min(l, R) − f, for it pays price + f. */
export function effectiveBuy(limit: number, tariff: Tariff): MicroEurPerKwh {
  return (Math.min(limit, tariff.retail) - tariff.networkFee) as MicroEurPerKwh;
}

/** Lowest price a seller with this limit accepts: max(l, F), for the grid pays F. */
export function effectiveSell(limit: number, tariff: Tariff): MicroEurPerKwh {
  return Math.max(limit, tariff.feedIn) as MicroEurPerKwh;
}
