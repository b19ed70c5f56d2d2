import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RuleError } from "../src/errors.js";
import { decodeBatch, encodeBatch, packReadings, unpackReadings, type SignedRun } from "../src/domain/packing.js";
import { checkedReading, checkedRun, MAX_RUN } from "../src/domain/readings.js";
import { bytesOf, hexOf, vectors, type Case } from "./vectors.js";

interface PackingVectors {
  readonly readings: readonly (Case & {
    production_wh: number;
    consumption_wh: number;
    quality: number;
    packed: string;
  })[];
  readonly refused_readings: readonly (Case & { packed: string })[];
  readonly batches: readonly (Case & { runs: readonly RunVector[]; encoded: string })[];
  readonly refused_batches: readonly (Case & { encoded: string })[];
}

interface RunVector {
  readonly participant: number;
  readonly first_interval: number;
  readonly signature: string;
  readonly readings: readonly string[];
}

function signedRun(vector: RunVector): SignedRun {
  const readings = vector.readings.flatMap((packed) => unpackReadings(bytesOf(packed)));
  const run = checkedRun(vector.participant, vector.first_interval, readings);
  return { run, signature: bytesOf(vector.signature) };
}

suite("packing", () => {
  const { readings, refused_readings, batches, refused_batches } = vectors<PackingVectors>("readings.json");
  const measured = checkedReading(1, 2, 1);

  for (const { name, packed } of refused_readings) {
    test(`unpackReadings__${name}__refused`, () => {
      assert.throws(() => unpackReadings(bytesOf(packed)), RuleError);
    });
  }
  for (const { name, encoded } of refused_batches) {
    test(`decodeBatch__${name}__refused`, () => {
      assert.throws(() => decodeBatch(bytesOf(encoded)), RuleError);
    });
  }
  const runs: [string, number, number, number][] = [
    ["nothing_in_it", 1, 1, 0],
    ["one_too_many", 1, 1, MAX_RUN + 1],
    ["past_32_bits", 1, 2 ** 32 - 1, 2],
    ["participant_zero", 0, 1, 1],
  ];
  for (const [name, participant, first, count] of runs) {
    test(`checkedRun__${name}__refused`, () => {
      const many = Array.from({ length: count }, () => measured);
      assert.throws(() => checkedRun(participant, first, many), RuleError);
    });
  }
  test("encodeBatch__signature_of_65_bytes__refused", () => {
    const run = checkedRun(1, 1, [measured]);
    assert.throws(() => encodeBatch([{ run, signature: new Uint8Array(65) }]), RuleError);
  });

  for (const { name, production_wh, consumption_wh, quality, packed } of readings) {
    test(`packReadings__${name}__bytes_by_hand_and_back`, () => {
      const reading = checkedReading(production_wh, consumption_wh, quality);
      assert.equal(hexOf(packReadings([reading])), packed);
      assert.deepEqual(unpackReadings(bytesOf(packed)), [reading]);
    });
  }
  for (const batch of batches) {
    test(`encodeBatch__${batch.name}__bytes_by_hand_and_back`, () => {
      const signed = batch.runs.map(signedRun);
      assert.equal(hexOf(encodeBatch(signed)), batch.encoded);
      assert.deepEqual(decodeBatch(bytesOf(batch.encoded)), signed);
    });
  }
});
