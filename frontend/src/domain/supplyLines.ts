/**
 * Who supplied whom: the bilateral trades behind the fills of one interval.
 *
 * The sellers' fills lie end to end in index order on the line [0, Q], the buyers' fills likewise; every overlap is
 * one trade. There are at most N − 1 of them for N fills, and anyone derives the same ones.
 */
import { RuleError } from "../errors.js";
import type { ParticipantIndex } from "../units.js";
import { endOf, type Fill } from "./fills.js";

/** `wh` (> 0) of the seller's energy used by the buyer, from `offset` Wh of the line on. */
export interface SupplyLine {
  readonly seller: ParticipantIndex;
  readonly buyer: ParticipantIndex;
  readonly wh: number;
  readonly offset: number;
}

/**
 * All trades of an interval, in the order of the line, from all its fills.
 *
 * Throws RuleError when the fills of a side do not cover the same line [0, Q] without gap or overlap.
 */
export function supplyLines(fills: readonly Fill[]): SupplyLine[] {
  const ordered = [...fills].sort((one, other) => one.offset - other.offset);
  const sellers = ordered.filter((fill) => fill.wh > 0);
  const buyers = ordered.filter((fill) => fill.wh < 0);
  const sold = covered(sellers);
  const bought = covered(buyers);
  if (sold !== bought) {
    throw new RuleError(`${sold} Wh are sold and ${bought} Wh bought`, "give all fills of the interval");
  }
  const lines: SupplyLine[] = [];
  let next = 0;
  for (const seller of sellers) {
    for (let buyer = buyers[next]; buyer !== undefined; buyer = buyers[next]) {
      const line = overlap(seller, buyer);
      if (line === undefined) break;
      lines.push(line);
      if (endOf(buyer) > endOf(seller)) break;
      next += 1;
    }
  }
  return lines;
}

/**
 * The trade between two fills of one interval, or undefined when they have nothing in common.
 *
 * Two fills are enough: each carries its place on the line.
 */
export function overlap(one: Fill, other: Fill): SupplyLine | undefined {
  if (one.wh > 0 === other.wh > 0) return undefined;
  const [seller, buyer] = one.wh > 0 ? [one, other] : [other, one];
  const start = Math.max(one.offset, other.offset);
  const end = Math.min(endOf(one), endOf(other));
  if (start >= end) return undefined;
  return { seller: seller.participant, buyer: buyer.participant, wh: end - start, offset: start };
}

function covered(fills: readonly Fill[]): number {
  let at = 0;
  for (const fill of fills) {
    if (fill.offset !== at) {
      throw new RuleError(
        `the fill of participant ${fill.participant} starts at ${fill.offset} Wh, not at ${at}`,
        "give all fills of the interval, each once",
      );
    }
    at = endOf(fill);
  }
  return at;
}
