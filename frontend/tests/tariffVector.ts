import type { Tariff } from "../src/domain/tariffs.js";
import { checkedPrice } from "../src/units.js";

/** A tariff as the shared files write it, µ€/kWh. */
export interface TariffVector {
  readonly retail: number;
  readonly feed_in: number;
  readonly network_fee: number;
}

export function tariffOf(vector: TariffVector): Tariff {
  return {
    retail: checkedPrice(vector.retail),
    feedIn: checkedPrice(vector.feed_in),
    networkFee: checkedPrice(vector.network_fee),
  };
}
