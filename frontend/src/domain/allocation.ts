/** Which certificates a wanted energy is taken from: those that end soonest, so that none expires unused. */

/** Most certificates that one use or transfer takes. */
export const MOST_AT_ONCE = 64;

export interface Held {
  readonly id: string;
  readonly held_wh: number;
  /** Unix second after which it is too late. */
  readonly until: number;
}

export interface Allocation {
  readonly ids: readonly bigint[];
  readonly amountsWh: readonly number[];
  /** What could not be taken, Wh: there is not enough, or it lies in too many certificates. */
  readonly shortWh: number;
}

/** Takes `wantedWh` (>= 0) from what is held and not too late at `now`, at most 64 certificates. */
export function allocate(held: readonly Held[], wantedWh: number, now: number): Allocation {
  const ids: bigint[] = [];
  const amountsWh: number[] = [];
  let left = wantedWh;
  for (const one of usable(held, now)) {
    if (left === 0 || ids.length === MOST_AT_ONCE) break;
    const taken = Math.min(one.held_wh, left);
    ids.push(BigInt(one.id));
    amountsWh.push(taken);
    left -= taken;
  }
  return { ids, amountsWh, shortWh: left };
}

/** The most that one use or transfer can take now, Wh. */
export function mostAtOnce(held: readonly Held[], now: number): number {
  return usable(held, now)
    .slice(0, MOST_AT_ONCE)
    .reduce((sum, { held_wh: wh }) => sum + wh, 0);
}

function usable(held: readonly Held[], now: number): Held[] {
  return held
    .filter(({ held_wh: wh, until }) => wh > 0 && now < until)
    .sort((one, other) => one.until - other.until || (BigInt(one.id) < BigInt(other.id) ? -1 : 1));
}
