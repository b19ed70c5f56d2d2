import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { suite, test } from "node:test";
import { loadCheckpoint, type Anchor, type Community } from "../src/domain/proof/anchors.js";
import * as canonical from "../src/domain/proof/canonical.js";
import { keccak, shown } from "../src/domain/proof/hashing.js";
import { standingOf, type Line } from "../src/domain/proof/report.js";
import { ProofFileError, say, type Say } from "../src/domain/proof/say.js";
import { verify } from "../src/domain/proof/verify.js";
import { sentence } from "../src/texts/proofSaid.js";
import { verifyProofEn } from "../src/texts/verify.proof.en.js";
import { verifyProofFr } from "../src/texts/verify.proof.fr.js";
import { vectors, type Case } from "./vectors.js";

interface Change {
  readonly byte?: number;
  readonly mask?: number;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly without?: readonly string[];
  readonly part?: string;
  readonly piece?: number;
  readonly at?: number;
}

interface Trusts {
  readonly checkpoint?: string;
  readonly hashes?: readonly string[];
  readonly community?: {
    readonly chain_id: number;
    readonly interval_minutes: number;
    readonly contracts: Community["contracts"];
  };
}

interface Told {
  readonly about: string;
  readonly standing: string;
  readonly text: string;
  readonly reason: string;
}

interface ProofCase extends Case {
  readonly file: string;
  readonly change: Change;
  readonly trusts: Trusts;
  readonly refused?: string;
  readonly broken?: readonly Told[];
  readonly report?: {
    readonly certificate: string;
    readonly standing: string;
    readonly lines: readonly Told[];
    readonly facts: unknown;
  };
}

const { cases, checkpoints, files } = vectors<{
  readonly cases: readonly ProofCase[];
  readonly checkpoints: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}>("proof.json");

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const fileOf = (name: string): Uint8Array => bytes(files[name] ?? assert.fail(`no file ${name}`));
const english = (what: Say): string => sentence(what, verifyProofEn, "en");
const french = (what: Say): string => sentence(what, verifyProofFr, "fr");

function changed(name: string, change: Change): Uint8Array {
  const data = fileOf(name);
  if (change.byte !== undefined) {
    data[change.byte] = (data[change.byte] ?? 0) ^ (change.mask ?? 0);
    return data;
  }
  const content = { ...(JSON.parse(files[name] ?? "") as Record<string, unknown>), ...change.set };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the vector names the field
  for (const field of change.without ?? []) delete content[field];
  if (change.part !== undefined) {
    const pieces = (change.part === "run" ? [content["run"]] : content[change.part]) as string[];
    const { piece = 0, at, mask = 0 } = change;
    if (at === undefined) pieces.splice(piece, 1);
    else {
      const raw = Buffer.from(pieces[piece] ?? "", "base64");
      raw[at] = (raw[at] ?? 0) ^ mask;
      pieces[piece] = raw.toString("base64");
    }
    if (change.part === "nodes") pieces.sort((one, other) => (hashOf(one) < hashOf(other) ? -1 : 1));
    content[change.part] = change.part === "run" ? pieces[0] : pieces;
  }
  return canonical.dump(content);
}

function hashOf(node: string): string {
  return shown(keccak(Buffer.from(node, "base64")));
}

function anchorOf({ checkpoint, hashes, community }: Trusts): Anchor {
  return {
    checkpoint: checkpoint === undefined ? undefined : loadCheckpoint(bytes(checkpoints[checkpoint] ?? "")),
    hashes: new Set(hashes),
    community: community && {
      chainId: community.chain_id,
      intervalMinutes: community.interval_minutes,
      contracts: community.contracts,
    },
  };
}

/** A line in Python's words; the words of a broken rule are each language's own. */
function told({ about, standing, text, reason }: Line): Told {
  return { about, standing, text: english(text), reason: reason === undefined ? "" : english(reason) };
}

/** Whole sentences of the other language. */
function assertFrench(said: readonly Say[]): void {
  for (const what of said) {
    const words = french(what);
    assert.doesNotMatch(words, /^$|undefined|NaN|\[object/, what.code);
    if (what.code !== "wallet") assert.notEqual(words, english(what));
  }
}

/** Values as JSON has them: numbers where they are safe. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_name, one: unknown) => (typeof one === "bigint" ? Number(one) : one)),
  ) as unknown;
}

function refusalOf(read: () => unknown): Say {
  try {
    read();
  } catch (error) {
    if (error instanceof ProofFileError) return error.what;
    throw error;
  }
  return assert.fail("not refused");
}

function holds(data: Uint8Array, anchor: Anchor): boolean {
  try {
    return standingOf(verify(data, anchor)) === "proved";
  } catch (error) {
    if (error instanceof ProofFileError) return false;
    throw error;
  }
}

/** The same numbers at every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % sides;
  };
}

suite("proof", () => {
  test("load__text_of_no_bytes__refused", () => {
    assert.equal(refusalOf(() => canonical.load(bytes('{"a":"\\ud800"}\n'), say("proof_file"))).code, "file_json");
    assert.equal(refusalOf(() => canonical.load(Uint8Array.of(0xff), say("proof_file"))).code, "file_json");
  });

  for (const [text, code] of [
    ['{"a":1,"a":1}\n', "file_canonical"],
    ['{"a":1.0}\n', "file_canonical"],
    ['{"a":-0}\n', "file_canonical"],
    ['{"a":0.5}\n', "file_json"],
    ['{"a":9007199254740993}\n', "file_json"],
    ['{"b":1,"a":1}\n', "file_canonical"],
    ['{"a": 1}\n', "file_canonical"],
    ['{"a":"\\u0041"}\n', "file_canonical"],
    ["[]\n", "file_object"],
    ['\ufeff{"a":1}\n', "file_json"],
    ["", "file_json"],
  ] as const) {
    test(`load__${JSON.stringify(text)}__refused`, () => {
      assert.equal(refusalOf(() => canonical.load(bytes(text), say("proof_file"))).code, code);
    });
  }

  test("load__too_many_bytes__refused", () => {
    assert.equal(refusalOf(() => verify(new Uint8Array(canonical.MAX_BYTES + 1))).code, "file_bytes");
  });

  for (const [change, code] of [
    [{ version: 2 }, "file_not_checkpoint"],
    [{ epoch_length: 0 }, "file_range"],
    [{ validators: [] }, "file_no_validators"],
    [{ validators: [`0x${"11".repeat(20)}`, `0x${"11".repeat(20)}`] }, "file_validator_twice"],
    [{ hash: "0x" }, "file_hex"],
    [{ overrides: { x: [] } }, "file_block_number"],
    [{ note: "" }, "file_unknown"],
  ] as const) {
    test(`checkpoint__${Object.keys(change)[0] ?? ""}__${code}`, () => {
      const content = { ...(JSON.parse(checkpoints["four"] ?? "") as Record<string, unknown>), ...change };
      assert.equal(refusalOf(() => loadCheckpoint(canonical.dump(content))).code, code);
    });
  }

  for (const vector of cases) {
    test(`vector__${vector.name}`, () => {
      const anchor = anchorOf(vector.trusts);
      const data = changed(vector.file, vector.change);
      if (vector.refused !== undefined) {
        const refused = refusalOf(() => verify(data, anchor));
        assert.equal(english(refused), vector.refused);
        assertFrench([refused]);
        return;
      }
      const report = verify(data, anchor);
      const lines = report.lines.map(told);
      for (const { text, reason } of report.lines) assertFrench(reason ? [text, reason] : [text]);
      if (vector.broken) {
        const isRule = (line: Line): boolean => line.reason?.code === "rule";
        const own = new Set(report.lines.filter(isRule).map(({ about }) => about as string));
        const without = (line: Told): Told => (own.has(line.about) ? { ...line, reason: "" } : line);
        assert.deepEqual(
          lines.filter(({ standing }) => standing === "broken").map(without),
          vector.broken.map(without),
        );
        return;
      }
      assert.deepEqual(lines, vector.report?.lines);
      assert.deepEqual(plain(report.facts), vector.report?.facts);
      assert.equal(report.certificate, vector.report?.certificate);
      assert.equal(standingOf(report), vector.report?.standing);
    });
  }

  for (const name of ["claimed", "plain"]) {
    test(`text_of_${name}__any_byte_changed__noticed`, () => {
      const anchor = anchorOf({ checkpoint: "four" });
      const roll = dice(7);
      const whole = fileOf(name);
      assert.ok(holds(whole, anchor));
      for (let count = 0; count < 60; count += 1) {
        const at = roll(whole.length);
        assert.ok(!holds(changed(name, { byte: at, mask: 1 << roll(7) }), anchor), `byte ${at}`);
      }
    });

    test(`parts_of_${name}__any_byte_changed_in_good_form__noticed`, () => {
      const anchor = anchorOf({ checkpoint: "four" });
      const roll = dice(11);
      const content = JSON.parse(files[name] ?? "") as Record<string, string | string[]>;
      for (const part of ["run", "fills", "headers", "nodes"]) {
        const pieces = [content[part] ?? []].flat();
        for (let count = 0; count < 20 && pieces.length > 0; count += 1) {
          const piece = roll(pieces.length);
          const at = roll(Buffer.from(pieces[piece] ?? "", "base64").length);
          const change = { part, piece, at, mask: 1 << roll(8) };
          assert.ok(!holds(changed(name, change), anchor), JSON.stringify(change));
        }
      }
    });
  }
});
