import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RuleError } from "../src/errors.js";
import { clear, type BookEntry, type Side } from "../src/domain/auction.js";
import type { Fill } from "../src/domain/fills.js";
import { effectiveBuy, effectiveSell } from "../src/domain/orders.js";
import { supplyLines } from "../src/domain/supplyLines.js";
import { ceilingOf } from "../src/domain/tariffs.js";
import { checkedParticipant, checkedWh, type MicroEurPerKwh } from "../src/units.js";
import { tariffOf, type TariffVector } from "./tariffVector.js";
import { vectors, type Case } from "./vectors.js";

interface BookCase extends Case {
  readonly tariff: TariffVector;
  readonly k_ppm: number;
  readonly offers: readonly { participant: number; side: Side; wh: number; limit: number; effective: number }[];
  readonly expected: {
    readonly low: number | null;
    readonly high: number | null;
    readonly price: number | null;
    readonly matched_wh: number;
    readonly fills: readonly Fill[];
  };
}

const { cases } = vectors<{ cases: readonly BookCase[] }>("auction.json");
const [floor, ceiling] = [100_000, 250_000] as MicroEurPerKwh[] as [MicroEurPerKwh, MicroEurPerKwh];

function entry(participant: number, side: Side, wh: number, limit: number): BookEntry {
  return { participant: checkedParticipant(participant), side, wh: checkedWh(wh), limit: limit as MicroEurPerKwh };
}

function clearCase(market: BookCase, order: (book: BookEntry[]) => BookEntry[] = (book) => book) {
  const tariff = tariffOf(market.tariff);
  const book = market.offers.map(({ participant, side, wh, limit }) =>
    entry(participant, side, wh, side === "buy" ? effectiveBuy(limit, tariff) : effectiveSell(limit, tariff)),
  );
  return clear(order(book), tariff.feedIn, ceilingOf(tariff), market.k_ppm);
}

suite("auction", () => {
  const refusals: [string, readonly BookEntry[], number][] = [
    ["participant_twice", [entry(1, "buy", 1, 200_000), entry(1, "sell", 1, 150_000)], 0],
    ["buyer_above_the_ceiling", [entry(1, "buy", 1, 250_001)], 0],
    ["seller_below_the_floor", [entry(1, "sell", 1, 99_999)], 0],
    ["energy_below_zero", [{ ...entry(1, "sell", 1, 150_000), wh: -1 as BookEntry["wh"] }], 0],
    ["k_above_one", [], 1_000_001],
  ];
  for (const [name, book, kPpm] of refusals) {
    test(`clear__${name}__refused`, () => {
      assert.throws(() => clear(book, floor, ceiling, kPpm), RuleError);
    });
  }

  for (const market of cases) {
    test(`clear__${market.name}__prices_and_fills_by_hand`, () => {
      const { prices, matchedWh, fills } = clearCase(market);
      const { low, high, price, matched_wh: matched, fills: expected } = market.expected;
      assert.deepEqual(prices, price === null ? null : { low, high, price });
      assert.equal(matchedWh, matched);
      assert.deepEqual(fills, expected);
      const traded = supplyLines(fills).reduce((sum, line) => sum + line.wh, 0);
      assert.equal(traded, matched);
    });

    test(`clear__${market.name}_backwards__the_same`, () => {
      assert.deepEqual(
        clearCase(market, (book) => book.reverse()),
        clearCase(market),
      );
    });
  }
});
