import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { labelEvery, niceStep, ticksOf } from "../src/components/charts/scale.js";
import { stepPath } from "../src/components/charts/StepLines.js";
import { stairs } from "../src/components/charts/SupplyDemand.js";

suite("charts", () => {
  test("niceStep__nothing_to_show__still_a_step", () => {
    assert.equal(niceStep(0), 1);
    assert.equal(niceStep(Number.NaN), 1);
  });

  test("ticksOf__any_range__covered_with_zero_among_few", () => {
    for (const [low, high] of [
      [0, 0],
      [0, 1],
      [-2_000, 500],
      [-61_000, 218_000],
      [0, 999],
    ] as const) {
      const ticks = ticksOf(low, high);
      assert.ok((ticks[0] ?? 1) <= low && (ticks.at(-1) ?? 0) >= high);
      assert.ok(ticks.some((tick) => tick === 0));
      assert.ok(ticks.length >= 2 && ticks.length <= 8, `${ticks.length} ticks for ${low} to ${high}`);
    }
  });

  test("labelEvery__narrow__steps_of_whole_hours", () => {
    assert.equal(labelEvery(48, 1_000, 46), 4);
    assert.equal(labelEvery(48, 310, 46), 8);
    assert.equal(labelEvery(12, 1_000, 46), 1);
  });

  test("stepPath__a_gap__lifts_the_pen", () => {
    const path = stepPath(
      [1, 2, undefined, 3],
      (index) => index * 10,
      (value) => value,
    );
    assert.equal(path, "M0.0 1.0H10.0V2.0H20.0M30.0 3.0H40.0");
  });

  test("stairs__supply_and_demand__grow_each_their_way", () => {
    const steps = [
      { price: 20, wh: 5 },
      { price: 10, wh: 3 },
    ];
    assert.deepEqual(stairs(steps, "supply"), [
      { wh: 0, price: 10 },
      { wh: 3, price: 10 },
      { wh: 3, price: 20 },
      { wh: 5, price: 20 },
    ]);
    const demand = [
      { price: 10, wh: 5 },
      { price: 20, wh: 3 },
    ];
    assert.deepEqual(stairs(demand, "demand").at(-1), { wh: 5, price: 10 });
  });
});
