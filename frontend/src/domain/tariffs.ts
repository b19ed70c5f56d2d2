/** The grid's prices in one interval, which bound every local price. */
import type { MicroEurPerKwh } from "../units.js";

/**
 * Backup prices and network fee of one interval, µ€/kWh, signed, each within ±1,000,000,000.
 *
 * `retail` (R): the grid sells at it without limit. `feedIn` (F): the grid buys at it without limit. `networkFee`
 * (f): what a kWh traded locally costs its buyer beside the price.
 */
export interface Tariff {
  readonly retail: MicroEurPerKwh;
  readonly feedIn: MicroEurPerKwh;
  readonly networkFee: MicroEurPerKwh;
}

/** Highest local price: R − f, at which a buyer pays as much as to the grid. */
export function ceilingOf(tariff: Tariff): MicroEurPerKwh {
  return (tariff.retail - tariff.networkFee) as MicroEurPerKwh;
}

/** R − f − F, µ€/kWh: what a local kWh gains for its two sides together; below zero there is no local trade. */
export function spreadOf(tariff: Tariff): number {
  return ceilingOf(tariff) - tariff.feedIn;
}
