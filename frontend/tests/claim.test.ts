import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { dayOf } from "../src/app/time.js";
import { sha256Hex } from "../src/chain/fileDigest.js";
import { checkClaim, verdictOf } from "../src/domain/claim/checks.js";
import { parseClaim } from "../src/domain/claim/document.js";
import type { Line } from "../src/domain/provenance/tree.js";
import { DocumentError } from "../src/domain/provenance/shapes.js";
import { verifyClaimEn } from "../src/texts/verify.claim.en.js";
import { vectors, type Case } from "./vectors.js";

type Json = Record<string, unknown>;

interface TamperedCase extends Case {
  readonly path: string;
  readonly value: unknown;
  readonly broken?: string;
  readonly reason?: string;
  readonly refused?: string;
}

const vector = vectors<{ document: Json; sha256: string; tampered: readonly TamperedCase[] }>("claim.json");
const PRINT = { printed: vector.sha256, found: vector.sha256 };

function changed({ path, value }: TamperedCase): string {
  const document = structuredClone(vector.document);
  const names = path.split(".");
  const last = names.pop() ?? "";
  let inner = document;
  for (const name of names) inner = inner[name] as Json;
  inner[last] = value;
  return JSON.stringify(document);
}

function linesOf(text: string, print: { printed: string | undefined; found: string } = PRINT): readonly Line[] {
  const claim = parseClaim(text);
  return checkClaim(claim, print, (unix) => dayOf(unix, claim.zone));
}

/** As the server writes it: keys sorted, no blanks, a line break at the end. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const sorted = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(",")}}`;
}

suite("claim", () => {
  test("digest__the_files_bytes__as_the_server_says", () => {
    assert.equal(sha256Hex(new TextEncoder().encode(`${canonical(vector.document)}\n`)), vector.sha256);
  });

  test("check__a_right_file__everything_but_the_chain_holds", () => {
    const lines = linesOf(JSON.stringify(vector.document));
    const open = lines.filter(({ verdict }) => verdict !== "ok").map(({ code }) => code);
    assert.deepEqual(open, ["on_chain"]);
    assert.equal(verdictOf(lines), "unproved");
  });

  test("check__without_a_paper__its_print_is_told_and_open", () => {
    const [line] = linesOf(JSON.stringify(vector.document), { printed: undefined, found: vector.sha256 });
    assert.deepEqual([line?.verdict, line?.values["found"]], ["unproved", vector.sha256]);
  });

  test("check__the_paper_of_another_file__broken", () => {
    const [line] = linesOf(JSON.stringify(vector.document), { printed: "00".repeat(32), found: vector.sha256 });
    assert.deepEqual([line?.code, line?.verdict, line?.reason], ["print", "broken", "differs"]);
  });

  for (const one of vector.tampered) {
    test(`check__${one.name}__${one.broken ?? one.refused ?? "?"}`, () => {
      if (one.refused !== undefined) {
        assert.throws(
          () => parseClaim(changed(one)),
          (error) => error instanceof DocumentError && error.reason === one.refused,
        );
        return;
      }
      const lines = linesOf(changed(one));
      const wrong = lines.find(({ code, verdict }) => code === one.broken && verdict === "broken");
      assert.equal(wrong?.reason, one.reason);
      assert.equal(verdictOf(lines), "broken");
    });
  }

  test("words__every_line_and_reason_of_the_cases__said", () => {
    for (const one of vector.tampered.filter(({ broken }) => broken !== undefined)) {
      const words = verifyClaimEn.lines[one.broken ?? ""];
      assert.ok(words?.reasons[one.reason ?? ""], `${one.broken ?? ""}: ${one.reason ?? ""}`);
    }
  });
});
