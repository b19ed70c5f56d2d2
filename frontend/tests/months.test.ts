import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RuleError } from "../src/errors.js";
import { addMonths } from "../src/domain/months.js";
import { vectors } from "./vectors.js";

interface MonthCase {
  readonly why: string;
  readonly months: number;
  readonly from_unix: number;
  readonly to_unix: number;
}

suite("months", () => {
  const refusals: [string, number, number][] = [
    ["before_1970", -1, 1],
    ["half_a_second", 0.5, 1],
    ["months_back", 0, -1],
    ["past_9999", Date.UTC(9999, 11, 1) / 1000, 1],
  ];
  for (const [name, unix, months] of refusals) {
    test(`addMonths__${name}__refused`, () => {
      assert.throws(() => addMonths(unix, months), RuleError);
    });
  }
  for (const { why, from_unix, months, to_unix } of vectors<{ cases: readonly MonthCase[] }>("months.json").cases) {
    test(`addMonths__${why}__by_hand`, () => {
      assert.equal(addMonths(from_unix, months), to_unix);
    });
  }
});
