/**
 * Units as types, so that an energy is never passed where a price or an index belongs.
 *
 * Wh × µ€/kWh = n€ exactly, which is why nothing that is settled is ever rounded. Energies, prices and indices
 * are whole numbers far below 2^53; money is a bigint.
 */
import { RuleError } from "./errors.js";

declare const unit: unique symbol;
type Unit<Base, Name extends string> = Base & { readonly [unit]: Name };

/** Energy, unsigned, at most 16,777,215 Wh in one reading (24 bits). */
export type Wh = Unit<number, "Wh">;
/** Price in µ€/kWh, signed 32 bits: spot prices go below zero. */
export type MicroEurPerKwh = Unit<number, "µ€/kWh">;
/** Money in n€ (10^-9 €), signed; the community euro has 9 decimals. */
export type NanoEur = Unit<bigint, "n€">;
/** floor(unix start / length of an interval), 32 bits. */
export type IntervalIndex = Unit<number, "interval">;
/** A metering point, from 1, 32 bits; 0 means none. */
export type ParticipantIndex = Unit<number, "participant">;

/** Largest energy of one reading; as a cap of an order it means "no cap". */
export const MAX_WH = 0xff_ff_ff as Wh;
export const MIN_PRICE = -(2 ** 31) as MicroEurPerKwh;
export const MAX_PRICE = (2 ** 31 - 1) as MicroEurPerKwh;
/** Largest interval or participant index; as an order's end it means "for ever". */
export const MAX_INDEX = 2 ** 32 - 1;
/** A whole, in parts per million. */
export const PPM = 1_000_000;

/** Money for `energy` Wh at `price` µ€/kWh, in n€, exact; the sign follows both factors. */
export function valueOf(energy: number, price: number): NanoEur {
  return (BigInt(energy) * BigInt(price)) as NanoEur;
}

/** ⌊a / b⌋ for whole numbers below 2^53 and b > 0: towards minus infinity, exact. */
export function floorDiv(a: number, b: number): number {
  const rest = a % b;
  return (a - rest) / b - (rest < 0 ? 1 : 0);
}

/** `value` as the energy of one reading, 0 to 16,777,215 Wh. Throws RuleError outside. */
export function checkedWh(value: number, what = "energy"): Wh {
  return checked(value, 0, MAX_WH, `${what} is ${value} Wh`) as Wh;
}

/** `value` as a price in µ€/kWh, signed 32 bits. Throws RuleError outside. */
export function checkedPrice(value: number, what = "price"): MicroEurPerKwh {
  return checked(value, MIN_PRICE, MAX_PRICE, `${what} is ${value} µ€/kWh`) as MicroEurPerKwh;
}

/** `value` as an interval index, 0 to 2^32 − 1. Throws RuleError outside. */
export function checkedInterval(value: number, what = "interval"): IntervalIndex {
  return checked(value, 0, MAX_INDEX, `${what} is ${value}`) as IntervalIndex;
}

/** `value` as a participant index, 1 to 2^32 − 1. Throws RuleError outside. */
export function checkedParticipant(value: number, what = "participant"): ParticipantIndex {
  return checked(value, 1, MAX_INDEX, `${what} is ${value}`) as ParticipantIndex;
}

/** `value` when it is a whole number from `least` to `most`; else throws RuleError with `what`. */
export function checked(value: number, least: number, most: number, what: string): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RuleError(what, `give a whole number from ${least} to ${most}`);
  }
  return value;
}
