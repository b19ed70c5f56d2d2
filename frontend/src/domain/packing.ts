/**
 * The bytes of readings and of batches, as gateways sign them and as the ledger takes them.
 *
 * A reading is 7 bytes, big endian: production uint24 | consumption uint24 | quality uint8. A batch is its signed
 * runs one after the other, each: participant uint32 | first interval uint32 | count uint16 | signature r bytes32 |
 * signature vs bytes32 (EIP-2098) | count × 7 bytes.
 */
import { RuleError } from "../errors.js";
import { checkedReading, checkedRun, type Reading, type Run } from "./readings.js";

export const READING_BYTES = 7;
export const SIGNATURE_BYTES = 64;
const SIGNATURE_AT = 4 + 4 + 2;
const HEADER_BYTES = SIGNATURE_AT + SIGNATURE_BYTES;

/** A run with its gateway's compact signature, r and vs: 64 bytes. */
export interface SignedRun {
  readonly run: Run;
  readonly signature: Uint8Array;
}

/** Readings as 7 bytes each: the `readings` field of the signed message. */
export function packReadings(readings: readonly Reading[]): Uint8Array {
  const packed = new Uint8Array(readings.length * READING_BYTES);
  const view = new DataView(packed.buffer);
  readings.forEach((reading, index) => {
    const at = index * READING_BYTES;
    view.setUint32(at, reading.productionWh * 0x100 + (reading.consumptionWh >>> 16));
    view.setUint16(at + 4, reading.consumptionWh & 0xffff);
    view.setUint8(at + 6, reading.quality);
  });
  return packed;
}

/** Inverse of `packReadings`. Throws RuleError on a broken length or an unknown quality. */
export function unpackReadings(packed: Uint8Array): Reading[] {
  if (packed.length % READING_BYTES !== 0) {
    throw new RuleError(`packed readings have ${packed.length} bytes`, `each reading has ${READING_BYTES}`);
  }
  const view = viewOf(packed);
  return Array.from({ length: packed.length / READING_BYTES }, (_, index) => {
    const at = index * READING_BYTES;
    const consumption = view.getUint8(at + 3) * 0x1_0000 + view.getUint16(at + 4);
    return checkedReading(view.getUint32(at) >>> 8, consumption, view.getUint8(at + 6));
  });
}

/** Signed runs as one batch. Throws RuleError for a signature that is not 64 bytes long. */
export function encodeBatch(runs: readonly SignedRun[]): Uint8Array {
  const size = runs.reduce((sum, { run }) => sum + HEADER_BYTES + run.readings.length * READING_BYTES, 0);
  const batch = new Uint8Array(size);
  const view = viewOf(batch);
  let at = 0;
  for (const { run, signature } of runs) {
    if (signature.length !== SIGNATURE_BYTES) {
      throw new RuleError(`a signature has ${signature.length} bytes`, `the compact form has ${SIGNATURE_BYTES}`);
    }
    view.setUint32(at, run.participant);
    view.setUint32(at + 4, run.first);
    view.setUint16(at + 8, run.readings.length);
    batch.set(signature, at + SIGNATURE_AT);
    batch.set(packReadings(run.readings), at + HEADER_BYTES);
    at += HEADER_BYTES + run.readings.length * READING_BYTES;
  }
  return batch;
}

/** Inverse of `encodeBatch`. Throws RuleError on a truncated run or an impossible value. */
export function decodeBatch(batch: Uint8Array): SignedRun[] {
  const view = viewOf(batch);
  const runs: SignedRun[] = [];
  for (let at = 0; at < batch.length;) {
    const start = at + HEADER_BYTES;
    const count = start <= batch.length ? view.getUint16(at + 8) : 0;
    const end = start + count * READING_BYTES;
    if (end > batch.length) throw new RuleError(`the run at byte ${at} is cut off`, `it needs ${end - at} bytes`);
    const readings = unpackReadings(batch.subarray(start, end));
    const run = checkedRun(view.getUint32(at), view.getUint32(at + 4), readings);
    runs.push({ run, signature: batch.slice(at + SIGNATURE_AT, start) });
    at = end;
  }
  return runs;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
