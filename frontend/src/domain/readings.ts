/** Readings and runs of readings: what a meter gateway says about consecutive intervals. */
import { RuleError } from "../errors.js";
import {
  checked,
  checkedInterval,
  checkedParticipant,
  checkedWh,
  MAX_INDEX,
  type IntervalIndex,
  type ParticipantIndex,
  type Wh,
} from "../units.js";

/** What a reading is worth. Absent is not zero: nobody knows what flowed. */
export const Quality = { absent: 0, measured: 1, estimated: 2, corrected: 3 } as const;
export type Quality = (typeof Quality)[keyof typeof Quality];

/** Energy of one participant in one interval; both are 0 Wh when the quality is absent. */
export interface Reading {
  readonly productionWh: Wh;
  readonly consumptionWh: Wh;
  readonly quality: Quality;
}

/** Consecutive readings of one participant from interval `first` on: the unit that a gateway signs. */
export interface Run {
  readonly participant: ParticipantIndex;
  readonly first: IntervalIndex;
  readonly readings: readonly Reading[];
}

/** Most readings in one run: the batch format counts them in 16 bits. */
export const MAX_RUN = 2 ** 16 - 1;

/** A reading from plain numbers (Wh, Wh, 0 to 3). Throws RuleError when they cannot be one. */
export function checkedReading(production: number, consumption: number, quality: number): Reading {
  checked(quality, Quality.absent, Quality.corrected, `a reading's quality is ${quality}`);
  if (quality === Quality.absent && (production || consumption)) {
    throw new RuleError(
      `an absent reading carries ${production} and ${consumption} Wh`,
      "give its quality, or no energy",
    );
  }
  return {
    productionWh: checkedWh(production, "production"),
    consumptionWh: checkedWh(consumption, "consumption"),
    quality: quality as Quality,
  };
}

/** A run of 1 to 65,535 readings that ends before interval 2^32. Throws RuleError otherwise. */
export function checkedRun(participant: number, first: number, readings: readonly Reading[]): Run {
  checked(readings.length, 1, MAX_RUN, `a run holds ${readings.length} readings`);
  const end = first + readings.length;
  if (end > MAX_INDEX + 1) throw new RuleError(`a run from interval ${first} ends at ${end}`, "start it earlier");
  return { participant: checkedParticipant(participant), first: checkedInterval(first, "first interval"), readings };
}
