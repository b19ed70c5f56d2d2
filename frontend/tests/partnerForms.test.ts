/** What partners and operators type, before anything is sent. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { offerOf, type OfferForm } from "../src/screens/ecopoints/offerForm.js";
import { enrolmentOf, type EnrolForm } from "../src/screens/operator/enrolForm.js";

const OFFER: OfferForm = { title: " Honey ", text: "A jar.", price: "45", stock: "3", until: "2026-05-31" };
const NOW = 1_777_000_000;
const read = (part: Partial<OfferForm>, end = NOW + 1) => offerOf({ ...OFFER, ...part }, NOW, () => end);

suite("an offer", () => {
  const wrong: readonly [keyof OfferForm, string][] = [
    ["title", "  "],
    ["title", "x".repeat(121)],
    ["text", ""],
    ["text", "x".repeat(1_001)],
    ["price", "0"],
    ["price", "-1"],
    ["price", "4.5"],
    ["price", "free"],
    ["stock", "0"],
    ["stock", "1.5"],
    ["stock", "1000001"],
    ["until", "soon"],
  ];
  for (const [name, value] of wrong) {
    test(`${name}__${value.slice(0, 8)}__is_named_alone`, () => {
      assert.deepEqual(read({ [name]: value }), { wrong: [name] });
    });
  }

  test("day__that_is_over__is_named", () => {
    assert.deepEqual(read({}, NOW), { wrong: ["until"] });
  });

  test("all_fits__in_thousandths_of_a_point", () => {
    assert.deepEqual(read({}).offer, {
      title: "Honey",
      text: "A jar.",
      priceMpt: 45_000n,
      stock: 3,
      validUntil: NOW + 1,
    });
  });
});

const POINT: EnrolForm = {
  code: "watt-enrol:1?chain=1&registry=0x1&gateway=0x2&proof=0x3",
  member: "7",
  label: "Shed",
  prm: "1234 5678 901234",
  address: "",
  basis: "net",
  source: "gateway",
  importKw: "3,5",
  exportKw: "0",
  day: "2026-05-03",
};
const enrol = (part: Partial<EnrolForm>) => enrolmentOf({ ...POINT, ...part }, () => 99);

suite("an enrolment from a code", () => {
  const wrong: readonly [keyof EnrolForm, string][] = [
    ["code", "0x1234"],
    ["member", ""],
    ["label", ""],
    ["prm", "123"],
    ["address", "x".repeat(201)],
    ["importKw", "a lot"],
    ["importKw", "16777.216"],
    ["exportKw", "-1"],
    ["day", ""],
  ];
  for (const [name, value] of wrong) {
    test(`${name}__${value.slice(0, 9)}__is_named_alone`, () => {
      assert.deepEqual(enrol({ [name]: value }), { wrong: [name] });
    });
  }

  test("new_point__in_watts_with_its_record", () => {
    assert.deepEqual(enrol({}).enrolment, {
      code: POINT.code,
      source: "gateway",
      from_interval: 99,
      member: 7,
      basis: "net",
      import_w: 3_500,
      export_w: 0,
      point: { label: "Shed", prm: "12345678901234", address: null },
    });
  });

  test("code_of_a_new_key__nothing_of_the_point", () => {
    const code = "watt-enrol:1?chain=1&registry=0x1&gateway=0x2&participant=7&proof=0x3";
    const found = enrol({ code, member: "", label: "", importKw: "" });
    assert.deepEqual(found, { wrong: [], enrolment: { code, source: "gateway", from_interval: 99 } });
  });
});
