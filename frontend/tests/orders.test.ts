import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { effectiveBuy, effectiveSell, limitsUnder } from "../src/domain/orders.js";
import { tariffOf, type TariffVector } from "./tariffVector.js";
import { vectors, type Case } from "./vectors.js";

interface LimitCase extends Case {
  readonly tariff: TariffVector;
  readonly shares: boolean;
  readonly buy_limit: number;
  readonly sell_limit: number;
  readonly expected: { buy: number; sell: number; effective_buy: number; effective_sell: number };
}

suite("orders", () => {
  for (const order of vectors<{ limits: readonly LimitCase[] }>("orders.json").limits) {
    test(`limits__${order.name}__by_hand`, () => {
      const tariff = tariffOf(order.tariff);
      const kind = order.shares ? "share" : "fixed";
      const { buy, sell } = limitsUnder({ kind, buy: order.buy_limit, sell: order.sell_limit }, tariff);
      assert.deepEqual(
        { buy, sell, effective_buy: effectiveBuy(buy, tariff), effective_sell: effectiveSell(sell, tariff) },
        order.expected,
      );
    });
  }
});
