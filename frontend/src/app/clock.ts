/** The chain's time, which a development chain may run faster than the clock on the wall. */
import { signal, type ReadonlySignal } from "@preact/signals";

export interface ChainClock {
  /** Unix seconds of the chain, following itself every second. */
  readonly now: ReadonlySignal<number>;
  /** Sets it by what the server just said: `now` in unix seconds, `speed` times real time. */
  set(now: number, speed: number): void;
}

/** `wall` gives milliseconds; `every` calls back each second. */
export function createClock(
  wall: () => number = Date.now,
  every: (run: () => void, ms: number) => unknown = setInterval,
): ChainClock {
  let base = { chain: Math.floor(wall() / 1000), wall: wall(), speed: 1 };
  const now = signal(base.chain);
  const tick = (): void => {
    now.value = base.chain + Math.floor(((wall() - base.wall) * base.speed) / 1000);
  };
  every(tick, 1000);
  return {
    now,
    set(chain, speed) {
      base = { chain, wall: wall(), speed };
      tick();
    },
  };
}
