import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RuleError } from "../src/errors.js";
import { checkedInterval, checkedParticipant, checkedPrice, checkedWh, floorDiv, valueOf } from "../src/units.js";

suite("units", () => {
  const refusals: [string, () => unknown][] = [
    ["energy_below_zero", () => checkedWh(-1)],
    ["energy_above_24_bits", () => checkedWh(2 ** 24)],
    ["half_a_Wh", () => checkedWh(0.5)],
    ["price_above_32_bits", () => checkedPrice(2 ** 31)],
    ["interval_above_32_bits", () => checkedInterval(2 ** 32)],
    ["participant_zero", () => checkedParticipant(0)],
    ["not_a_number", () => checkedWh(NaN)],
  ];
  for (const [name, act] of refusals) {
    test(`checked__${name}__refused`, () => {
      assert.throws(act, RuleError);
    });
  }

  test("checked__limits__pass", () => {
    assert.equal(checkedWh(16_777_215), 16_777_215);
    assert.equal(checkedPrice(-(2 ** 31)), -2_147_483_648);
  });

  test("valueOf__largest_energy_and_price__exact", () => {
    assert.equal(valueOf(16_777_215, -2_147_483_648), -36_028_794_871_480_320n);
  });

  test("floorDiv__any_sign__towards_minus_infinity", () => {
    const cases = [[7, 2, 3], [-7, 2, -4], [-8, 2, -4], [0, 5, 0], [-1, 1_000_000, -1]] as const; // prettier-ignore
    for (const [a, b, quotient] of cases) assert.equal(floorDiv(a, b), quotient);
    assert.equal(floorDiv(4_294_967_295 * 999_999, 1_000_000), 4_294_963_000);
  });
});
