import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { PROOFS } from "../src/chain/provenanceProofs.js";
import { check } from "../src/domain/provenance/checks.js";
import { LARGEST_CHARACTERS, parseDocument } from "../src/domain/provenance/document.js";
import { DocumentError } from "../src/domain/provenance/shapes.js";
import { firstBroken, type Tree } from "../src/domain/provenance/tree.js";
import { vectors, type Case } from "./vectors.js";

type Json = Record<string, unknown>;

interface GoodCase extends Case {
  readonly document: Json;
  readonly unproved: readonly string[];
}

interface TamperedCase extends Case {
  readonly base: string;
  readonly path?: string;
  readonly without?: string;
  readonly value?: unknown;
  readonly broken?: string;
  readonly refused?: string;
}

const { good, tampered } = vectors<{ good: readonly GoodCase[]; tampered: readonly TamperedCase[] }>("provenance.json");

function baseOf(name: string): Json {
  const found = good.find((one) => one.name === name);
  assert.ok(found, `no base ${name}`);
  return structuredClone(found.document);
}

function textOf({ base, path, without, value }: TamperedCase): string {
  const document = baseOf(base);
  const names = (path ?? without ?? "").split(".");
  const last = names.pop() ?? "";
  let inner: Json = document;
  for (const name of names) inner = inner[name] as Json;
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the file names the field
  if (without !== undefined) delete inner[last];
  else inner[last] = value;
  return JSON.stringify(document);
}

function codes({ groups }: Tree, verdict: string): string[] {
  return groups.flatMap(({ lines }) => lines.filter((line) => line.verdict === verdict).map(({ code }) => code));
}

function refusalOf(source: string): string {
  try {
    parseDocument(source);
  } catch (error) {
    assert.ok(error instanceof DocumentError);
    return error.reason;
  }
  return "none";
}

suite("provenance", () => {
  test("parse__not_json__refused", () => {
    assert.equal(refusalOf(""), "not_json");
    assert.equal(refusalOf("{"), "not_json");
  });

  test("parse__another_document__refused", () => {
    assert.equal(refusalOf("[]"), "wrong_value");
    assert.equal(refusalOf("null"), "wrong_value");
    assert.equal(refusalOf("{}"), "wrong_value");
  });

  test("parse__key_twice__refused", () => {
    const text = JSON.stringify(baseOf("sold_and_moved"));
    assert.equal(refusalOf(text.replace('"waiting_wh":0', '"waiting_wh":9,"waiting_wh":0')), "not_plain");
  });

  test("parse__number_written_otherwise__refused", () => {
    const text = JSON.stringify(baseOf("sold_and_moved"));
    assert.equal(refusalOf(text.replace('"k_ppm":500000', '"k_ppm":5e5')), "not_plain");
    assert.equal(refusalOf(text.replace('"chunk":0', '"chunk":-0')), "not_plain");
  });

  test("parse__huge__refused", () => {
    assert.equal(refusalOf(" ".repeat(LARGEST_CHARACTERS + 1)), "too_large");
  });

  test("parse__white_space_and_order__free", () => {
    const document = baseOf("sold_and_moved");
    const turned = Object.fromEntries(Object.entries(document).reverse());
    assert.deepEqual(parseDocument(JSON.stringify(turned, null, 2)), parseDocument(JSON.stringify(document)));
  });

  for (const vector of tampered) {
    test(`check__${vector.name}__${vector.broken ?? vector.refused ?? "?"}`, async () => {
      const text = textOf(vector);
      if (vector.refused !== undefined) {
        assert.equal(refusalOf(text), vector.refused);
        return;
      }
      const tree = await check(parseDocument(text), PROOFS);
      assert.equal(tree.verdict, "broken");
      assert.equal(firstBroken(tree)?.code, vector.broken);
    });
  }

  for (const vector of good) {
    test(`check__${vector.name}__holds`, async () => {
      const tree = await check(parseDocument(JSON.stringify(vector.document)), PROOFS);
      assert.deepEqual(codes(tree, "broken"), []);
      assert.deepEqual(codes(tree, "unproved"), vector.unproved);
      assert.equal(tree.verdict, "unproved");
    });
  }

  test("check__known_community__held_against_it", async () => {
    const document = parseDocument(JSON.stringify(baseOf("sold_and_moved")));
    const { chain_id: chainId, contracts } = document.chain;
    const own = await check(document, PROOFS, { chainId, contracts });
    assert.ok(!codes(own, "unproved").includes("community"));
    const foreign = await check(document, PROOFS, { chainId: chainId + 1, contracts });
    assert.equal(firstBroken(foreign)?.code, "community");
    const moved = { ...contracts, EnergyMarket: contracts.MeterLedger };
    const other = firstBroken(await check(document, PROOFS, { chainId, contracts: moved }));
    assert.equal(other?.reason, "contract_differs");
    assert.equal(other.values["contract"], "EnergyMarket");
  });
});
