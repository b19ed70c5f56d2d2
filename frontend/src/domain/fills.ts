/** What each participant traded locally, and the 13 bytes by which the settlement publishes it. */
import { RuleError } from "../errors.js";
import { checked, checkedParticipant, checkedWh, type ParticipantIndex } from "../units.js";

/**
 * A local trade of one participant in one interval.
 *
 * `wh`: positive sold, negative bought, never 0, within ±16,777,215. `offset` (Wh, 40 bits): where the fill begins
 * on the line [0, Q], on which the sellers' fills lie end to end in index order, and the buyers' likewise.
 */
export interface Fill {
  readonly participant: ParticipantIndex;
  readonly wh: number;
  readonly offset: number;
}

export const FILL_BYTES = 13;
const MAX_OFFSET = 2 ** 40 - 1;

/** A fill from plain numbers. Throws RuleError when they cannot be one. */
export function checkedFill(participant: number, wh: number, offset: number): Fill {
  checkedWh(Math.abs(wh), "a fill");
  if (wh === 0) throw new RuleError("a fill is 0 Wh", "leave it out");
  checked(offset, 0, MAX_OFFSET, `a fill starts at ${offset} Wh`);
  return { participant: checkedParticipant(participant), wh, offset };
}

/** Where the fill ends on the line [0, Q], Wh. */
export function endOf(fill: Fill): number {
  return fill.offset + Math.abs(fill.wh);
}

/** Fills as the settle event carries them, big endian: participant 4 | signed Wh 4 | offset 5 bytes. */
export function packFills(fills: readonly Fill[]): Uint8Array {
  const packed = new Uint8Array(fills.length * FILL_BYTES);
  const view = new DataView(packed.buffer);
  fills.forEach((fill, index) => {
    const at = index * FILL_BYTES;
    view.setUint32(at, fill.participant);
    view.setInt32(at + 4, fill.wh);
    view.setUint8(at + 8, Math.floor(fill.offset / 2 ** 32));
    view.setUint32(at + 9, fill.offset % 2 ** 32);
  });
  return packed;
}

/** Inverse of `packFills`. Throws RuleError on a broken length or value. */
export function unpackFills(packed: Uint8Array): Fill[] {
  if (packed.length % FILL_BYTES !== 0) {
    throw new RuleError(`packed fills have ${packed.length} bytes`, `each fill has ${FILL_BYTES}`);
  }
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: packed.length / FILL_BYTES }, (_, index) => {
    const at = index * FILL_BYTES;
    const offset = view.getUint8(at + 8) * 2 ** 32 + view.getUint32(at + 9);
    return checkedFill(view.getUint32(at), view.getInt32(at + 4), offset);
  });
}
