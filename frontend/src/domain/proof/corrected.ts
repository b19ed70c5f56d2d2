/** What corrections of a reading made of its certificate: replayed from the readings that stood there. */
import { RuleError } from "../../errors.js";
import { Quality, type Reading } from "../readings.js";

/** Wh of a certificate at its issue, issued to the producer since, and of all that corrected away. */
export interface Earned {
  readonly own: number;
  readonly sold: number;
  readonly minted: number;
  readonly more: number;
  readonly less: number;
}

/**
 * What readings that stood one after the other earned, the first one with `sold` Wh sold to neighbours. Throws RuleError
 * when more was sold than the first one left over.
 */
export function earnedBy([first, ...corrected]: readonly [Reading, ...Reading[]], sold: number): Earned {
  let found = issuedFor(first, sold);
  let before = first;
  for (const now of corrected) {
    if (found.own + found.sold + found.minted === 0) {
      const own = Math.min(now.productionWh, now.consumptionWh);
      found = issuedFor(now, Math.min(sold, now.productionWh - own));
    } else {
      const difference = now.productionWh - (earns(before) ? before.productionWh : 0);
      const [more, less] = [found.more + Math.max(difference, 0), found.less + Math.max(-difference, 0)];
      found = { ...found, more, less };
    }
    before = now;
  }
  return found;
}

/** What a reading's production becomes, `sold` Wh of it sold to neighbours; nothing unless it earns. */
function issuedFor(reading: Reading, sold: number): Earned {
  if (!earns(reading)) return { own: 0, sold: 0, minted: 0, more: 0, less: 0 };
  const { productionWh, consumptionWh } = reading;
  const own = Math.min(productionWh, consumptionWh);
  const minted = productionWh - own - sold;
  if (minted < 0) throw new RuleError(`${sold} Wh are sold out of ${productionWh} Wh produced`);
  return { own, sold, minted, more: 0, less: 0 };
}

function earns({ quality }: Reading): boolean {
  return quality === Quality.measured || quality === Quality.corrected;
}
