import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { allocate, mostAtOnce, MOST_AT_ONCE, type Held } from "../src/domain/allocation.js";
import { parseCents, parseDecimal, parseEuro, parseKwh } from "../src/domain/decimals.js";
import { parseEnrolment } from "../src/domain/enrolmentFile.js";
import { certificateId, lifetimeOf } from "../src/domain/guarantees.js";
import { DocumentError } from "../src/domain/provenance/shapes.js";
import { RuleError } from "../src/errors.js";
import { voucherCode, voucherOf } from "../src/screens/ecopoints/voucherCode.js";

suite("amounts that people type", () => {
  test("parseDecimal__no_number_or_two_marks__undefined", () => {
    for (const text of ["", "-", "abc", "1.2.3", "1.234,5", "1e3", "0x10", "--1", ",5"]) {
      assert.equal(parseDecimal(text, 3), undefined, text);
    }
  });

  test("parseDecimal__more_digits_than_there_are__undefined", () => {
    assert.equal(parseDecimal("1.2345", 3), undefined);
    assert.equal(parseDecimal("1.5", 0), undefined);
  });

  test("parseDecimal__either_mark_and_spaces__exact", () => {
    assert.equal(parseDecimal("5", 3), 5_000n);
    assert.equal(parseDecimal("5,2", 3), 5_200n);
    assert.equal(parseDecimal("1\u202f234.567", 3), 1_234_567n);
    assert.equal(parseDecimal("−0,5", 1), -5n);
    assert.equal(parseDecimal("7.", 2), 700n);
  });

  test("parseKwh__zero_negative_or_huge__undefined", () => {
    assert.equal(parseKwh("0"), undefined);
    assert.equal(parseKwh("-1"), undefined);
    assert.equal(parseKwh("999999999999999"), undefined);
    assert.equal(parseKwh("0.001"), 1);
  });

  test("money_and_prices__their_own_digits", () => {
    assert.equal(parseEuro("12.34"), 12_340_000_000n);
    assert.equal(parseCents("15,05"), 150_500);
    assert.equal(parseCents("-2"), -20_000);
    assert.equal(parseCents("0.00001"), undefined);
  });
});

suite("allocation", () => {
  const held: readonly Held[] = [
    { id: "30", held_wh: 300, until: 3_000 },
    { id: "20", held_wh: 200, until: 2_000 },
    { id: "100", held_wh: 50, until: 2_000 },
    { id: "10", held_wh: 100, until: 1_000 },
    { id: "5", held_wh: 0, until: 5_000 },
  ];

  test("allocate__too_much__says_how_much_is_short", () => {
    assert.equal(allocate(held, 700, 0).shortWh, 50);
    assert.deepEqual(allocate([], 5, 0), { ids: [], amountsWh: [], shortWh: 5 });
  });

  test("allocate__over_at_this_second__left_out", () => {
    assert.deepEqual(allocate(held, 100, 1_000), { ids: [20n], amountsWh: [100], shortWh: 0 });
    assert.deepEqual(allocate(held, 100, 999), { ids: [10n], amountsWh: [100], shortWh: 0 });
  });

  test("allocate__ends_soonest_first_then_by_number__last_one_in_part", () => {
    const taken = allocate(held, 351, 0);
    assert.deepEqual(taken, { ids: [10n, 20n, 100n, 30n], amountsWh: [100, 200, 50, 1], shortWh: 0 });
  });

  test("allocate__many_small_ones__at_most_64_at_once", () => {
    const many = Array.from({ length: 100 }, (_, at) => ({ id: String(at + 1), held_wh: 2, until: 10 }));
    const taken = allocate(many, 200, 0);
    assert.equal(taken.ids.length, MOST_AT_ONCE);
    assert.equal(taken.shortWh, 200 - 2 * MOST_AT_ONCE);
    assert.equal(mostAtOnce(many, 0), 2 * MOST_AT_ONCE);
    assert.equal(mostAtOnce(many, 10), 0);
  });
});

suite("guarantees", () => {
  test("certificateId__device_0_or_33_bits__refused", () => {
    assert.throws(() => certificateId(0, 1), RuleError);
    assert.throws(() => certificateId(2 ** 32, 1), RuleError);
    assert.throws(() => certificateId(1, -1), RuleError);
  });

  test("certificateId__the_widest__exact", () => {
    assert.equal(certificateId(2 ** 32 - 1, 2 ** 32 - 1), 2n ** 64n - 1n);
  });

  test("lifetimeOf__end_of_a_month__clamped", () => {
    // 31 August 2026 23:30 to 24:00 UTC: the end lies on 1 September.
    const first = Date.UTC(2026, 7, 31, 23, 30) / 1_800_000;
    const life = lifetimeOf(first, 30);
    assert.equal(life.end, Date.UTC(2026, 8, 1) / 1000);
    assert.equal(life.transferableUntil, Date.UTC(2027, 8, 1) / 1000);
    assert.equal(life.cancellableUntil, Date.UTC(2028, 2, 1) / 1000);
  });
});

suite("voucher codes", () => {
  test("voucherOf__a_wrong_digit_or_a_swap__undefined", () => {
    const code = voucherCode(1_834).replaceAll(" ", "");
    for (let at = 0; at < code.length; at += 1) {
      for (const digit of "0123456789") {
        if (digit === code[at]) continue;
        assert.equal(voucherOf(code.slice(0, at) + digit + code.slice(at + 1)), undefined, `${at} ${digit}`);
      }
    }
    assert.equal(voucherOf(code.replace("34", "43")), undefined);
    for (const text of ["", "x", "0", "000 000", "1"]) assert.equal(voucherOf(text), undefined, text);
  });

  test("voucherCode__read_back__with_and_without_spaces", () => {
    for (const voucher of [1, 9, 10, 123, 999_999, 123_456_789]) {
      const code = voucherCode(voucher);
      assert.match(code, /^\d{3}( \d{3})+$/);
      assert.equal(voucherOf(code), voucher);
      assert.equal(voucherOf(code.replaceAll(" ", "-")), voucher);
    }
  });
});

suite("enrolment files", () => {
  const file = {
    version: 1,
    kind: "enrolment",
    code: "WATT-AAAA-BBBB",
    interval_minutes: 30,
    member: { index: 3, wallet: `0x${"1".repeat(40)}` },
    terms: {
      member: 3,
      basis: "net",
      import_w: 9_000,
      export_w: 0,
      gateway: `0x${"2".repeat(40)}`,
      source: "gateway",
      from_interval: 987_654,
      from_utc: "2026-05-01T00:00:00Z",
      deadline_unix: 1_777_777_777,
      deadline_utc: "2026-05-03T03:09:37Z",
      commitment: `0x${"3".repeat(64)}`,
    },
    signatures: { member: null, metering_operator: null },
  };

  test("parseEnrolment__unknown_kind_field_or_word__refused", () => {
    const wrong = [
      { ...file, kind: "invitation" },
      { ...file, note: "trust me" },
      { ...file, terms: { ...file.terms, basis: "guess" } },
      { ...file, terms: { ...file.terms, import_w: 2 ** 24 } },
      { ...file, signatures: { member: null } },
    ];
    for (const one of wrong) assert.throws(() => parseEnrolment(JSON.stringify(one)), DocumentError);
  });

  test("parseEnrolment__a_rotation__has_its_own_terms", () => {
    const { gateway, source, from_interval, from_utc, deadline_unix, deadline_utc } = file.terms;
    const key = { gateway, source, from_interval, from_utc, deadline_unix, deadline_utc };
    const rotation = { ...file, kind: "rotation", terms: { participant: 7, nonce: 2, ...key } };
    const read = parseEnrolment(JSON.stringify(rotation));
    assert.equal(read.kind, "rotation");
    assert.equal(read.terms.nonce, 2);
    assert.throws(() => parseEnrolment(JSON.stringify({ ...rotation, terms: file.terms })), DocumentError);
  });

  test("parseEnrolment__as_written__whole", () => {
    assert.deepEqual(parseEnrolment(JSON.stringify(file, null, 2)), file);
  });
});
