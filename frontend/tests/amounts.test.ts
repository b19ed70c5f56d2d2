import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  energyShown,
  moneyShown,
  moneySigned,
  percentOf,
  percentShown,
  pointsShown,
  powerShown,
} from "../src/app/amounts.js";
import { balanceOf, joined, missingBy, pendingOf } from "../src/domain/flows.js";

suite("amounts", () => {
  test("moneyShown__no_whole_number__refused", () => {
    assert.throws(() => moneyShown("1.5", "en"), SyntaxError);
  });

  const texts: [string, string][] = [
    [energyShown(0, "en"), "0.00\u00a0kWh"],
    [energyShown(320, "en"), "0.32\u00a0kWh"],
    [energyShown(9_994, "en"), "9.99\u00a0kWh"],
    [energyShown(9_995, "en"), "10.0\u00a0kWh"],
    [energyShown(99_950, "fr"), "100\u00a0kWh"],
    [energyShown(1_234_567, "fr"), "1\u202f235\u00a0kWh"],
    [powerShown(424, "fr"), "0,42\u00a0kW"],
    [powerShown(1_680, "en"), "1.7\u00a0kW"],
    [moneyShown("3210000000", "fr"), "3,21\u00a0€"],
    [moneySigned("3210000000", "en"), "+€3.21"],
    [moneySigned("-3210000000", "en"), "−€3.21"],
    [moneySigned("4999999", "en"), "€0.00"],
    [pointsShown("128999", "en"), "128"],
    [percentShown(62, "fr"), "62\u00a0%"],
    [percentShown(62, "en"), "62%"],
  ];
  texts.forEach(([text, expected], index) => {
    test(`shown__case_${index}__${expected}`, () => {
      assert.equal(text, expected);
    });
  });

  test("percentOf__empty_whole__none", () => {
    assert.equal(percentOf(0, 0), undefined);
    assert.equal(percentOf(1, 3), 33);
  });

  test("balanceOf__more_than_a_float_holds__exact", () => {
    const flows = { local_neur: "9007199254740993", fee_neur: "1", grid_neur: "-2" };
    assert.equal(balanceOf(flows), 9_007_199_254_740_990n);
  });

  const flows = {
    production_wh: 1_000,
    consumption_wh: 700,
    own_use_wh: 300,
    bought_wh: 100,
    sold_wh: 200,
    grid_import_wh: 50,
    grid_export_wh: 400,
  };

  test("pendingOf__partly_settled__the_rest_each_way", () => {
    assert.deepEqual(pendingOf(flows), { used: 250, made: 100 });
  });

  test("missingBy__a_day_not_over__only_what_is_due", () => {
    const columns = [
      { start: 0, intervals: 48, read: 48 },
      { start: 86_400, intervals: 48, read: 3 },
      { start: 172_800, intervals: 48, read: 0 },
    ];
    assert.equal(missingBy(columns, 0, 86_400 + 10 * 1800 + 5, 1800), 7);
    assert.equal(missingBy(columns, 0, 86_400 + 3 * 1800, 1800), 0);
    // Whoever joined in the middle of the second day missed nothing before.
    assert.equal(missingBy(columns, 86_400 + 40 * 1800, 172_800, 1800), 5);
  });

  test("joined__half_hours__summed_to_two_hours_exactly", () => {
    const columns = Array.from({ length: 5 }, (_, at) => ({
      start: at * 1800,
      end: (at + 1) * 1800,
      read: 1,
      saved_neur: "9007199254740993",
    }));
    assert.deepEqual(joined(columns, 7_200), [
      { start: 0, end: 7_200, read: 4, saved_neur: "36028797018963972" },
      { start: 7_200, end: 9_000, read: 1, saved_neur: "9007199254740993" },
    ]);
  });
});
