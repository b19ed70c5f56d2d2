import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { FOREVER, NO_CAP } from "../src/domain/orders.js";
import { exactNumber, orderOf, type BidContext, type BidForm } from "../src/flows/bidForm.js";
import { formOf } from "../src/screens/market/formOf.js";
import { termsOf } from "../src/flows/placeOrder.js";

const HALF_HOUR = 1800;
/** 13 May 2026, 15:00 in Paris. */
const FIRST_OPEN = Date.UTC(2026, 4, 13, 13) / 1000 / HALF_HOUR;

const CONTEXT: BidContext = {
  participant: 7,
  nonce: 5,
  firstOpenInterval: FIRST_OPEN,
  length: HALF_HOUR,
  zone: "Europe/Paris",
  sells: true,
  deadline: 1_800_000_000,
};

const FORM: BidForm = {
  mode: "prices",
  buy: "15.0",
  sell: "9,0",
  buyCap: "2",
  sellCap: "",
  start: "now",
  from: "",
  end: "date",
  until: "2026-05-17",
};

suite("bid form", () => {
  test("orderOf__every_field_wrong__every_mistake_told", () => {
    const form: BidForm = {
      ...FORM,
      buy: "cheap",
      sell: "",
      buyCap: "-1",
      sellCap: "1.2345",
      start: "later",
      from: "2026-05-13T14:30",
      until: "2026-05-12",
    };
    assert.deepEqual(orderOf(form, CONTEXT).mistakes, {
      buy: "number",
      sell: "missing",
      buyCap: "range",
      sellCap: "number",
      from: "closed",
      until: "order",
    });
  });

  test("orderOf__price_beyond_the_contract__refused", () => {
    assert.deepEqual(orderOf({ ...FORM, buy: "100000.0001" }, CONTEXT).mistakes, { buy: "range" });
    assert.equal(orderOf({ ...FORM, buy: "100000" }, CONTEXT).order?.limits.buy, 1_000_000_000);
  });

  test("orderOf__cap_of_no_cap_or_more__refused", () => {
    assert.deepEqual(orderOf({ ...FORM, buyCap: "16777.215" }, CONTEXT).mistakes, { buyCap: "range" });
  });

  test("orderOf__until_sunday__ends_with_that_local_day", () => {
    const { order } = orderOf(FORM, CONTEXT);
    assert.deepEqual(order, {
      participant: 7,
      standing: false,
      limits: { kind: "fixed", buy: 150_000, sell: 90_000 },
      buyCapWh: 2_000,
      sellCapWh: NO_CAP,
      fromInterval: 0,
      toInterval: Date.UTC(2026, 4, 17, 22) / 1000 / HALF_HOUR,
      nonce: 5,
      deadlineUnix: 1_800_000_000n,
    });
  });

  test("orderOf__no_end__standing", () => {
    const { order } = orderOf({ ...FORM, end: "open" }, CONTEXT);
    assert.equal(order?.standing, true);
    assert.equal(order.toInterval, FOREVER);
  });

  test("orderOf__later__first_whole_interval_from_then", () => {
    const { order } = orderOf({ ...FORM, start: "later", from: "2026-05-14T10:10" }, CONTEXT);
    assert.equal(order?.fromInterval, Date.UTC(2026, 4, 14, 8, 30) / 1000 / HALF_HOUR);
  });

  test("orderOf__automatic__default_shares_whatever_the_prices_say", () => {
    const { order } = orderOf({ ...FORM, mode: "automatic", buy: "x", sell: "" }, CONTEXT);
    assert.deepEqual(order?.limits, { kind: "share", buy: 750_000, sell: 250_000 });
  });

  test("orderOf__no_production__sell_fields_not_asked", () => {
    const { order } = orderOf({ ...FORM, sell: "x", sellCap: "x" }, { ...CONTEXT, sells: false });
    assert.deepEqual([order?.limits.sell, order?.sellCapWh], [0, NO_CAP]);
  });

  test("termsOf__an_order__the_fields_as_signed", () => {
    const { order } = orderOf(FORM, CONTEXT);
    assert.ok(order);
    const terms = termsOf(order);
    assert.equal(terms.buy_limit, order.limits.buy);
    assert.equal(terms.shares, false);
    assert.equal(terms.deadline, 1_800_000_000);
  });

  test("formOf__an_order__gives_the_same_order_again", () => {
    const { order } = orderOf({ ...FORM, buy: "15.0523", end: "open" }, CONTEXT);
    assert.ok(order);
    for (const language of ["fr", "en"] as const) {
      assert.deepEqual(orderOf(formOf(termsOf(order), language), CONTEXT).order, order);
    }
  });

  const numbers: [string, number, number | undefined][] = [
    ["15", 4, 150_000],
    ["15,05", 4, 150_500],
    ["0.0001", 4, 1],
    ["-2.5", 4, -25_000],
    ["1 234,5", 3, 1_234_500],
    ["1\u202f234.500", 3, 1_234_500],
    ["15.", 4, 150_000],
    ["-0", 4, 0],
    ["15.00001", 4, undefined],
    ["1,2,3", 4, undefined],
    ["1e3", 4, undefined],
    [".5", 4, undefined],
    ["", 4, undefined],
    ["999999999999", 4, undefined],
  ];
  for (const [text, decimals, expected] of numbers) {
    test(`exactNumber__${text || "empty"}__${expected ?? "refused"}`, () => {
      assert.equal(exactNumber(text, decimals), expected);
    });
  }
});
