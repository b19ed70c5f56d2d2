/**
 * The reference clearing: one uniform price per interval between the grid's two prices.
 *
 * A book holds one entry per trading participant with its *effective* limit (`effectiveBuy`, `effectiveSell`). The
 * price lies in [floor, ceiling] = [F, R − f]; the grid is one more buyer at the floor and one more seller at the
 * ceiling, both unlimited. With S<(p), S≤(p) the Wh of sellers whose limit is below (or at most) p, and D>(p), D≥(p)
 * likewise for buyers, p is an equilibrium when
 *
 *     S<(p) ≤ D≥(p)  or p = floor,      and      D>(p) ≤ S≤(p)  or p = ceiling.
 *
 * The equilibria are all integers of an interval [low, high]; the price is low + ⌊k·(high − low)⌋, and
 * Q = min(S≤, D≥) of the participants' own Wh at the price: what neighbours trade with each other.
 */
import { RuleError } from "../errors.js";
import { checked, floorDiv, PPM, type MicroEurPerKwh, type ParticipantIndex, type Wh } from "../units.js";
import type { Fill } from "./fills.js";

/** Where the price lies between the lowest and the highest equilibrium: in the middle. */
export const DEFAULT_K_PPM = 500_000;

export type Side = "buy" | "sell";

/** One participant's offer: `wh` (>= 0) at the effective limit, µ€/kWh. */
export interface BookEntry {
  readonly participant: ParticipantIndex;
  readonly side: Side;
  readonly wh: Wh;
  readonly limit: MicroEurPerKwh;
}

/** Lowest and highest equilibrium price, µ€/kWh, both included. */
export interface Equilibria {
  readonly low: MicroEurPerKwh;
  readonly high: MicroEurPerKwh;
}

/** Prices of one interval; null when none is possible (R − f < F). */
export type Prices = Equilibria & { readonly price: MicroEurPerKwh };

/** Result of one interval: Q in Wh (may pass 24 bits), and the fills in index order, none of 0 Wh. */
export interface Clearing {
  readonly prices: Prices | null;
  readonly matchedWh: number;
  readonly fills: readonly Fill[];
}

/**
 * Clears a book between `floor` and `ceiling`; O(n log n). The order of the book does not matter.
 *
 * `kPpm` is 0 to 1,000,000. Throws RuleError when it is not, when a participant appears twice, when an entry is
 * negative or when a limit is not an effective one (a buyer's above the ceiling, a seller's below the floor). With
 * ceiling < floor nothing is traded.
 */
export function clear(
  book: readonly BookEntry[],
  floor: MicroEurPerKwh,
  ceiling: MicroEurPerKwh,
  kPpm = DEFAULT_K_PPM,
): Clearing {
  checked(kPpm, 0, PPM, `k is ${kPpm} ppm`);
  const entries = [...book].sort((one, other) => one.participant - other.participant);
  checkEntries(entries, floor, ceiling);
  if (ceiling < floor) return { prices: null, matchedWh: 0, fills: [] };
  const { low, high } = equilibria(entries, floor, ceiling);
  const price = (low + floorDiv(kPpm * (high - low), PPM)) as MicroEurPerKwh;
  return { prices: { low, high, price }, ...fillsAt(entries, price) };
}

/**
 * The lowest and the highest equilibrium of a book; needs floor <= ceiling and effective limits.
 *
 * S≤ − D> only grows with the price, and steps at limits: `low` is the first limit (or the floor) where it is not
 * negative. D≥ − S< only falls, and steps just above limits: `high` is the last.
 */
export function equilibria(book: readonly BookEntry[], floor: MicroEurPerKwh, ceiling: MicroEurPerKwh): Equilibria {
  const at = { buy: new Map<number, number>(), sell: new Map<number, number>() };
  for (const { side, wh, limit } of book) at[side].set(limit, (at[side].get(limit) ?? 0) + wh);
  const within = [floor, ceiling, ...at.buy.keys(), ...at.sell.keys()].filter((p) => floor <= p && p <= ceiling);
  const points = [...new Set(within)].sort((one, other) => one - other);

  let sold = 0; // S≤
  let wanted = totalWh(book, "buy", (limit) => limit >= floor); // becomes D>
  const low = points.find((point) => {
    sold += at.sell.get(point) ?? 0;
    wanted -= at.buy.get(point) ?? 0;
    return wanted <= sold;
  });

  let offered = totalWh(book, "sell", (limit) => limit <= ceiling); // becomes S<
  let taken = 0; // D≥
  const high = points.findLast((point) => {
    offered -= at.sell.get(point) ?? 0;
    taken += at.buy.get(point) ?? 0;
    return offered <= taken;
  });
  return { low: (low ?? ceiling) as MicroEurPerKwh, high: (high ?? floor) as MicroEurPerKwh };
}

/**
 * Q and the fills of a book in index order, at an equilibrium price.
 *
 * Everyone better than the price is filled whole. Those whose limit is the price share the rest pro rata: with `cum`
 * running over them in index order, each gets ⌊cumAfter·num/den⌋ − ⌊cumBefore·num/den⌋. Each is rounded by less than
 * 1 Wh and the sum is exactly num.
 */
export function fillsAt(
  book: readonly BookEntry[],
  price: MicroEurPerKwh,
): { readonly matchedWh: number; readonly fills: readonly Fill[] } {
  const better = {
    buy: totalWh(book, "buy", (limit) => limit > price),
    sell: totalWh(book, "sell", (limit) => limit < price),
  };
  const marginal = {
    buy: totalWh(book, "buy", (limit) => limit === price),
    sell: totalWh(book, "sell", (limit) => limit === price),
  };
  const matchedWh = Math.min(better.sell + marginal.sell, better.buy + marginal.buy);

  const fills: Fill[] = [];
  const cum = { buy: 0, sell: 0 };
  const offset = { buy: 0, sell: 0 };
  for (const { participant, side, wh, limit } of book) {
    let filled = 0;
    if (limit === price) {
      const [num, den] = [matchedWh - better[side], marginal[side]];
      filled = den === 0 ? 0 : shareOf(cum[side] + wh, num, den) - shareOf(cum[side], num, den);
      cum[side] += wh;
    } else if (limit < price === (side === "sell")) {
      filled = wh;
    }
    if (filled === 0) continue;
    fills.push({ participant, wh: side === "sell" ? filled : -filled, offset: offset[side] });
    offset[side] += filled;
  }
  return { matchedWh, fills };
}

/** ⌊cum·num/den⌋; the product may pass 2^53. */
function shareOf(cum: number, num: number, den: number): number {
  return Number((BigInt(cum) * BigInt(num)) / BigInt(den));
}

function totalWh(book: readonly BookEntry[], side: Side, accepts: (limit: number) => boolean): number {
  return book.reduce((sum, entry) => sum + (entry.side === side && accepts(entry.limit) ? entry.wh : 0), 0);
}

function checkEntries(entries: readonly BookEntry[], floor: number, ceiling: number): void {
  let previous = 0;
  for (const { participant, side, wh, limit } of entries) {
    if (participant <= previous) {
      throw new RuleError(`participant ${participant} is in the book twice`, "net its readings first");
    }
    if (wh < 0)
      throw new RuleError(`participant ${participant} offers ${wh} Wh`, "give the amount, and the side apart");
    if (side === "buy" ? limit > ceiling : limit < floor) {
      throw new RuleError(
        `participant ${participant} has limit ${limit} µ€/kWh outside ${floor} to ${ceiling}`,
        "bound it by the grid first: effectiveBuy, effectiveSell",
      );
    }
    previous = participant;
  }
}
