import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RuleError } from "../src/errors.js";
import { decimalText, eurText, kwhText, priceText } from "../src/formatting.js";

suite("formatting", () => {
  test("decimalText__negative_digits__refused", () => {
    assert.throws(() => decimalText(1, -1, "en"), RuleError);
    assert.throws(() => decimalText(1, 3, "en", { places: -1 }), RuleError);
  });

  const texts: [string, string][] = [
    [kwhText(1_234, "fr"), "1,234\u00a0kWh"],
    [kwhText(1_234, "en"), "1.234\u00a0kWh"],
    [kwhText(1_200, "en"), "1.2\u00a0kWh"],
    [kwhText(0, "fr"), "0\u00a0kWh"],
    [kwhText(1_234_567_000, "fr"), "1\u202f234\u202f567\u00a0kWh"],
    [kwhText(1_234_567_000, "en", 1), "1,234,567.0\u00a0kWh"],
    [kwhText(1_250, "en", 1), "1.3\u00a0kWh"],
    [kwhText(-1_250, "en", 1), "-1.3\u00a0kWh"],
    [kwhText(-40, "en", 1), "0.0\u00a0kWh"],
    [priceText(123_450, "fr"), "12,345\u00a0c€/kWh"],
    [priceText(250_000, "en"), "25.00\u00a0c€/kWh"],
    [priceText(-1, "en"), "-0.0001\u00a0c€/kWh"],
    [eurText(12_340_000_000n, "fr"), "12,34\u00a0€"],
    [eurText(12_340_000_000n, "en"), "€12.34"],
    [eurText(1n, "en"), "€0.000000001"],
    [eurText(-5_000_000n, "en", 2), "-€0.01"],
    [eurText(-4_999_999n, "en", 2), "€0.00"],
    [eurText(999_999_999_999n, "fr", 2), "1\u202f000,00\u00a0€"],
    [decimalText(123_456_789_012_345_678_901n, 0, "en"), "123,456,789,012,345,678,901"],
    [decimalText(5, 0, "en", { places: 2 }), "5.00"],
  ];
  texts.forEach(([text, expected], index) => {
    test(`text__case_${index}__${expected}`, () => {
      assert.equal(text, expected);
    });
  });
});
