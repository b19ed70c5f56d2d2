import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RuleError } from "../src/errors.js";
import { checkedFill, packFills, unpackFills, type Fill } from "../src/domain/fills.js";
import { overlap, supplyLines, type SupplyLine } from "../src/domain/supplyLines.js";
import { bytesOf, hexOf, vectors, type Case } from "./vectors.js";

interface LineCase extends Case {
  readonly fills: readonly Fill[];
  readonly lines: readonly SupplyLine[];
  readonly packed: string;
}

suite("supply lines", () => {
  const { cases, refused } = vectors<{ cases: readonly LineCase[]; refused: readonly LineCase[] }>("lines.json");

  for (const { name, fills } of refused) {
    test(`supplyLines__${name}__refused`, () => {
      assert.throws(() => supplyLines(fills), RuleError);
    });
  }
  const impossible = [[0, 1, 0], [1, 0, 0], [1, 2 ** 24, 0], [1, -(2 ** 24), 0], [1, 1, -1], [1, 1, 2 ** 40]] as const; // prettier-ignore
  for (const [participant, wh, offset] of impossible) {
    test(`checkedFill__${participant}_${wh}_${offset}__refused`, () => {
      assert.throws(() => checkedFill(participant, wh, offset), RuleError);
    });
  }
  test("unpackFills__broken_length__refused", () => {
    assert.throws(() => unpackFills(new Uint8Array(14)), RuleError);
  });

  for (const { name, fills, lines, packed } of cases) {
    test(`supplyLines__${name}__lines_by_hand`, () => {
      assert.deepEqual(supplyLines(fills), lines);
    });
    test(`packFills__${name}__bytes_by_hand_and_back`, () => {
      assert.equal(hexOf(packFills(fills)), packed);
      assert.deepEqual(unpackFills(bytesOf(packed)), fills);
    });
    test(`overlap__pairs_of_${name}__the_same_lines`, () => {
      const sellers = fills.filter((fill) => fill.wh > 0);
      const pairs = sellers.flatMap((seller) => fills.map((fill) => overlap(fill, seller)));
      const found = pairs.filter((line) => line !== undefined).sort((one, other) => one.offset - other.offset);
      assert.deepEqual(found, lines);
    });
  }
  test("packFills__largest_values__fit", () => {
    const fill = checkedFill(2 ** 32 - 1, -16_777_215, 2 ** 40 - 1);
    assert.equal(hexOf(packFills([fill])), "0xffffffffff000001ffffffffff");
    assert.deepEqual(unpackFills(packFills([fill])), [fill]);
  });
});
