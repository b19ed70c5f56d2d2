import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { startOfDay } from "../src/app/time.js";
import { PROOFS } from "../src/chain/provenanceProofs.js";
import { chainGroup } from "../src/chain/provenanceReads.js";
import { beneficiaryCommitment, purposeCode, statementBytes, statementHash } from "../src/chain/statements.js";
import { check } from "../src/domain/provenance/checks.js";
import { documentOf } from "../src/domain/provenance/document.js";
import type { Tree } from "../src/domain/provenance/tree.js";
import { joinedBuckets } from "../src/screens/community/buckets.js";
import { codeBytes, FIRST_FORM, grantOf } from "../src/screens/consents/form.js";
import { hourOf, hoursAsBands, MOST_DAYS } from "../src/screens/operator/schedule.js";
import { lineText, shownIn } from "../src/screens/verify/lineText.js";
import { verifyEn } from "../src/texts/verify.en.js";
import { verifyFr } from "../src/texts/verify.fr.js";
import { vectors } from "./vectors.js";

type Json = Record<string, unknown>;
interface Good {
  readonly name: string;
  readonly document: Json;
}
interface Tampered {
  readonly base: string;
  readonly path?: string;
  readonly value?: unknown;
  readonly broken?: string;
}
const { good, tampered } = vectors<{ good: readonly Good[]; tampered: readonly Tampered[] }>("provenance.json");

suite("words of the verify page", () => {
  async function treesOfAll(): Promise<Tree[]> {
    const found: Tree[] = [];
    for (const { document } of good) found.push(await check(documentOf(document), PROOFS));
    for (const { base, path, value, broken } of tampered) {
      if (broken === undefined || path === undefined) continue;
      const document = structuredClone(good.find(({ name }) => name === base)?.document ?? {});
      const names = path.split(".");
      const last = names.pop() ?? "";
      let inner: Json = document;
      for (const name of names) inner = inner[name] as Json;
      inner[last] = value;
      found.push(await check(documentOf(document), PROOFS));
    }
    return found;
  }

  test("lines__every_code_and_reason_of_the_vectors__has_words_in_both_languages", async () => {
    const lines = (await treesOfAll()).flatMap(({ groups }) => groups.flatMap((group) => group.lines));
    assert.ok(lines.length > 500);
    for (const line of lines) {
      for (const words of [verifyEn, verifyFr]) {
        const known = words.lines[line.code];
        assert.ok(known, line.code);
        if (line.reason !== "") assert.ok(known.reasons[line.reason], `${line.code}: ${line.reason}`);
        const { text } = lineText(line, words.lines, shownIn("en", "Europe/Paris"));
        assert.doesNotMatch(text, /undefined|NaN|null/, `${line.code}: ${text}`);
      }
    }
  });

  test("chain__refused_to_the_reader__stays_open_and_has_words", async () => {
    const document = documentOf(good[0]?.document);
    class Refused extends Error {}
    const isRefusal = (error: unknown): boolean => error instanceof Refused;
    await assert.rejects(
      chainGroup(document, () => Promise.reject(new Refused()), isRefusal),
      Refused,
    );
    await assert.rejects(
      chainGroup(document, () => Promise.reject(new TypeError("away")), isRefusal),
      TypeError,
    );
    const kPpm = `0x${document.chain.k_ppm.toString(16).padStart(64, "0")}` as const;
    const group = await chainGroup(
      document,
      // Of all the views asked only the rule takes no argument: four bytes.
      (_contract, data) => (data.length === 10 ? Promise.resolve(kPpm) : Promise.reject(new Refused())),
      isRefusal,
    );
    assert.equal(group.verdict, "unproved");
    assert.deepEqual(
      group.lines.filter(({ verdict }) => verdict === "ok").map(({ code }) => code),
      ["chain_rule"],
    );
    for (const line of group.lines) {
      for (const words of [verifyEn, verifyFr]) {
        const known = words.lines[line.code];
        assert.ok(known, line.code);
        if (line.reason !== "") assert.ok(known.reasons[line.reason], `${line.code}: ${line.reason}`);
      }
    }
  });
});

suite("hours as bands", () => {
  const zone = "Europe/Paris";
  const span = { firstDay: "2026-04-01", lastDay: "2026-04-01", from: 6, to: 22 };

  test("hoursAsBands__no_day_turned_round_or_too_long__undefined", () => {
    assert.equal(hoursAsBands(2, { ...span, firstDay: "soon" }, zone, 30), undefined);
    assert.equal(hoursAsBands(2, { ...span, lastDay: "2026-03-31" }, zone, 30), undefined);
    assert.equal(hoursAsBands(2, { ...span, lastDay: "2026-05-02" }, zone, 30), undefined);
    assert.equal(hoursAsBands(2, { ...span, lastDay: "2026-05-01" }, zone, 30)?.bands.length, MOST_DAYS * 48);
  });

  test("hoursAsBands__by_day__begins_at_local_midnight", () => {
    const found = hoursAsBands(2, span, zone, 30);
    assert.ok(found);
    assert.equal(found.firstInterval, startOfDay("2026-04-01", zone) / 1800);
    assert.deepEqual(found.bands, [
      ...Array<number>(12).fill(0),
      ...Array<number>(32).fill(2),
      ...Array<number>(4).fill(0),
    ]);
  });

  test("hoursAsBands__over_midnight_on_the_days_of_46_and_50__local_hours", () => {
    const night = { from: 22, to: 6 };
    const short = hoursAsBands(1, { firstDay: "2026-03-29", lastDay: "2026-03-29", ...night }, zone, 30);
    assert.ok(short);
    assert.equal(short.bands.length, 46);
    assert.equal(short.bands.filter((band) => band === 1).length, 14);
    const long = hoursAsBands(1, { firstDay: "2026-10-25", lastDay: "2026-10-25", ...night }, zone, 30);
    assert.ok(long);
    assert.equal(long.bands.length, 50);
    assert.equal(long.bands.filter((band) => band === 1).length, 18);
  });

  test("hourOf__outside_0_to_24__undefined", () => {
    for (const text of ["", "25", "-1", "6.5", "six"]) assert.equal(hourOf(text), undefined, text);
    assert.equal(hourOf("24"), 24);
    assert.equal(hourOf(" 7 "), 7);
  });
});

suite("consent form", () => {
  const now = Date.UTC(2026, 4, 1) / 1000;
  const form = { ...FIRST_FORM, grantee: "other", participant: 7, purpose: codeBytes("research") };

  test("grantOf__three_years_and_a_year_of_history__cut_to_what_the_registry_takes", () => {
    const grant = grantOf({ ...form, months: "36", history: "12" }, "0xabc", now);
    assert.ok(grant.valid_until - grant.valid_from <= 1096 * 86_400);
    assert.ok(grant.valid_until <= now + 1096 * 86_400);
    assert.ok(grant.valid_until > now + 1090 * 86_400);
  });

  test("grantOf__first_form__least", () => {
    const grant = grantOf(form, "0xabc", now);
    assert.deepEqual(grant, {
      participant: 7,
      grantee: "0xabc",
      purpose: codeBytes("research"),
      imports: true,
      exports: false,
      granularity: "daily",
      frequency: 1,
      valid_from: now,
      valid_until: Date.UTC(2026, 7, 1) / 1000,
      request: 0,
    });
  });

  test("grantOf__directions__both_ways", () => {
    assert.deepEqual(
      (["both", "imports", "exports"] as const).map((directions) => {
        const { imports, exports } = grantOf({ ...form, directions }, "0xabc", now);
        return [imports, exports];
      }),
      [
        [true, true],
        [true, false],
        [false, true],
      ],
    );
  });

  test("codeBytes__as_the_registry_keeps_it", () => {
    assert.equal(codeBytes("energy-advice"), purposeCode("energy-advice"));
  });
});

suite("statements", () => {
  const document = {
    format: "watt-commons/statement",
    version: 1,
    chain_id: 31_337,
    contract: "0x1111111111111111111111111111111111111111",
    holder: "0x2222222222222222222222222222222222222222",
    beneficiary: "École",
    salt: `0x${"ab".repeat(32)}`,
    purpose: "own-use",
    period_from: 1,
    period_to: 2,
    country: "FR",
    certificates: [["12884901888", 5]],
  } as const;

  test("statementHash__another_order_of_fields__the_same_and_another_value_not", () => {
    const turned = Object.fromEntries(Object.entries(document).reverse()) as unknown as typeof document;
    assert.equal(statementHash(turned), statementHash(document));
    assert.notEqual(statementHash({ ...document, period_to: 3 }), statementHash(document));
    assert.deepEqual(JSON.parse(new TextDecoder().decode(statementBytes(document))), document);
  });

  test("beneficiaryCommitment__salt_or_name_changed__another", () => {
    const commitment = beneficiaryCommitment(document.salt, "École");
    assert.notEqual(beneficiaryCommitment(`0x${"ac".repeat(32)}`, "École"), commitment);
    assert.notEqual(beneficiaryCommitment(document.salt, "Ecole"), commitment);
    assert.match(commitment, /^0x[0-9a-f]{64}$/);
  });
});

suite("joined columns", () => {
  const bucket = (at: number, matched: number, price: number | null) => ({
    start: at * 1800,
    end: (at + 1) * 1800,
    production_wh: 10,
    consumption_wh: 20,
    own_use_wh: 1,
    matched_wh: matched,
    grid_import_wh: 5,
    grid_export_wh: 2,
    price,
    retail: 200_000,
    feed_in: 50_000,
  });

  test("joinedBuckets__two_hours_each__sums_and_a_mean_by_energy", () => {
    const given = [
      bucket(0, 100, 100_000),
      bucket(1, 300, 200_000),
      bucket(2, 0, null),
      bucket(3, 0, 90_000),
      bucket(4, 7, -3),
    ];
    const joined = joinedBuckets(given);
    assert.deepEqual(
      joined.map(({ start, end, matched_wh, production_wh, price }) => [start, end, matched_wh, production_wh, price]),
      [
        [0, 7_200, 400, 40, 175_000],
        [7_200, 9_000, 7, 10, -3],
      ],
    );
    assert.equal(given[0]?.matched_wh, 100, "what was given is left alone");
  });
});
