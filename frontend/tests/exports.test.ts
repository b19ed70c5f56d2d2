import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { groupCall, releaseCall } from "../src/chain/calls.js";
import { PROOFS } from "../src/chain/provenanceProofs.js";
import { check } from "../src/domain/provenance/checks.js";
import { parseDocument } from "../src/domain/provenance/document.js";
import { firstBroken } from "../src/domain/provenance/tree.js";
import { referenceShown } from "../src/screens/guarantees/reference.js";
import { vectors, type Case } from "./vectors.js";

interface Move {
  readonly kind: string;
  readonly wh: number;
  readonly source: string | null;
  readonly target: string | null;
  readonly at?: number;
}

interface Document {
  readonly moves: readonly Move[];
  readonly holdings: readonly { readonly holder: string; readonly wh: number }[];
}

interface GoodCase extends Case {
  readonly document: Document;
}

const { good } = vectors<{ good: readonly GoodCase[] }>("provenance.json");
const HOLDER = "0x1efF47bc3a10a45D4B230B5d10E37751FE6AA718";
const GROUPS = "0x00000000000000000000000000000000000000C0";
const LATER = { statement: null, reason: null, block: 760, tx_hash: `0x${"0".repeat(63)}1` };
const AT = 1_777_788_000;
const MONTH_S = 31 * 86_400;

/** What the Python side encodes for device 2, interval 5, 3 Wh. */
const OPEN = wordsOf("a1258e5e", [64n, 128n, 1n, 8589934597n, 1n, 3n]);
const ADD = wordsOf("f8d92b7e", [7n, 96n, 160n, 1n, 8589934597n, 1n, 3n]);
const RELEASE = wordsOf("b36ec899", [7n, 96n, 160n, 1n, 8589934597n, 1n, 3n]);

function wordsOf(selector: string, words: readonly bigint[]): string {
  return `0x${selector}${words.map((word) => word.toString(16).padStart(64, "0")).join("")}`;
}

/** A certificate of which the holder has 50 Wh, with more moves; `grouped`: what the contract of the groups has then. */
async function brokenBy(moves: readonly Move[], held: number, grouped: number): Promise<string | undefined> {
  const found = good.find((one) => one.name === "sold_and_moved");
  assert.ok(found);
  const holdings = found.document.holdings.filter(({ holder }) => holder !== HOLDER);
  if (held > 0) holdings.push({ holder: HOLDER, wh: held });
  if (grouped > 0) holdings.push({ holder: GROUPS, wh: grouped });
  const later = moves.map((move) => ({ at: AT, ...move, ...LATER }));
  const document = { ...found.document, moves: [...found.document.moves, ...later], holdings };
  const broken = firstBroken(await check(parseDocument(JSON.stringify(document)), PROOFS));
  return broken && `${broken.code}: ${broken.reason}`;
}

const lock = (wh: number): Move => ({ kind: "locked", wh, source: HOLDER, target: GROUPS });
const release = (wh: number): Move => ({ kind: "released", wh, source: GROUPS, target: HOLDER });
const exported = (wh: number): Move => ({ kind: "exported", wh, source: null, target: null });

suite("groups of 1 MWh", () => {
  test("check__more_exported_or_released_than_locked__broken", async () => {
    assert.equal(await brokenBy([lock(30), exported(31)], 20, 30), "move: not_enough");
    assert.equal(await brokenBy([lock(30), exported(30), release(1)], 21, 29), "move: not_enough");
    assert.equal(await brokenBy([release(1)], 51, 0), "move: not_enough");
  });

  test("check__more_locked_than_held__broken", async () => {
    assert.equal(await brokenBy([lock(51)], 0, 51), "move: not_enough");
  });

  test("check__locked_after_twelve_months__broken_and_released_not", async () => {
    const late = AT + 13 * MONTH_S;
    assert.equal(await brokenBy([{ ...lock(30), at: late }], 20, 30), "move: too_late");
    assert.equal(await brokenBy([lock(30), { ...release(30), at: late }], 50, 0), undefined);
  });

  test("check__locked_released_in_part_and_exported__holds", async () => {
    assert.equal(await brokenBy([lock(30), release(10), exported(20)], 30, 20), undefined);
  });

  test("check__holdings_that_forget_the_group__broken", async () => {
    assert.match((await brokenBy([lock(30)], 20, 29)) ?? "", /^held/);
  });

  test("referenceShown__text_digits_or_none", () => {
    assert.equal(referenceShown(null), "–");
    assert.equal(referenceShown(`0x${"46522d37".padEnd(64, "0")}`), "FR-7");
    const digits = `0x${"ff".repeat(32)}`;
    assert.equal(referenceShown(digits), digits);
    const gap = `0x${"460046".padEnd(64, "0")}`;
    assert.equal(referenceShown(gap), gap);
  });

  test("groupCall__and_releaseCall__as_the_contract_reads_them", () => {
    const [ids, wh] = [[(2n << 32n) | 5n], [3n]];
    assert.deepEqual(groupCall(null, ids, wh), { contract: "ExportGroups", data: OPEN });
    assert.equal(groupCall(7, ids, wh).data, ADD);
    assert.equal(releaseCall(7, ids, wh).data, RELEASE);
  });
});
