/** Where a contract keeps a value: its slot, as the compiler laid it out. */
import { PROOF_LAYOUT } from "../../generated/proofLayout.js";
import { keccak, number, word } from "./hashing.js";

/** The contracts a proof reads. */
export const CONTRACTS = ["Corrections", "EnergyMarket", "GuaranteeOfOrigin", "MemberRegistry", "MeterLedger"] as const;
export type Contract = (typeof CONTRACTS)[number];

/** Slot of a mapping's value; the key as a number. */
export function mapped(base: bigint | number, key: bigint | number): bigint {
  const both = new Uint8Array(64);
  both.set(word(key));
  both.set(word(base), 32);
  return number(keccak(both));
}

/** Slot of a dynamic array's element of one word. */
export function element(base: bigint, index: bigint): bigint {
  return number(keccak(word(base))) + index;
}

export type DeviceMember = keyof typeof PROOF_LAYOUT.structs.Device;

/** Slots from a device's first one to a member's. */
export function placeOf(name: DeviceMember): bigint {
  return BigInt(PROOF_LAYOUT.structs.Device[name][0]);
}

/** A member out of the word it lies in, big endian. */
export function cut(name: DeviceMember, stored: bigint): Uint8Array {
  const [, offset, size] = PROOF_LAYOUT.structs.Device[name];
  const padded = word(stored);
  return padded.subarray(32 - offset - size, 32 - offset);
}
