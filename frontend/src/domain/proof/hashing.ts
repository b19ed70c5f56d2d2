/** Keccak-256, recovery of a signer, and the little that every part of the verifier needs of bytes. */
import { secp256k1 } from "@noble/curves/secp256k1";
import { keccak_256 } from "@noble/hashes/sha3";

export const HASH_BYTES = 32;
export const ADDRESS_BYTES = 20;
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Keccak-256: 32 bytes. */
export function keccak(data: Uint8Array): Uint8Array {
  return keccak_256(data);
}

/** Address that signed a 32-byte digest; undefined for what is no signature, or not the one form that counts (low s). */
export function signer(digest: Uint8Array, r: Uint8Array, s: bigint, parity: number): string | undefined {
  if (s <= 0n || s > HALF_ORDER || (parity !== 0 && parity !== 1)) return undefined;
  let point: Uint8Array;
  try {
    point = new secp256k1.Signature(number(r), s).addRecoveryBit(parity).recoverPublicKey(digest).toRawBytes(false);
  } catch {
    return undefined; // no such point on the curve
  }
  return shown(keccak(point.subarray(1)).subarray(-ADDRESS_BYTES));
}

/** Big-endian bytes as an unsigned number. */
export function number(data: Uint8Array): bigint {
  return data.length === 0 ? 0n : BigInt(shown(data));
}

/** A number as big-endian bytes, as few as it needs, or `length` of them. */
export function octetsOf(value: bigint | number, length?: number): Uint8Array {
  const digits = value === 0n || value === 0 ? "" : value.toString(16);
  const even = length === undefined ? digits.length + (digits.length % 2) : 2 * length;
  return bytesOf(`0x${digits.padStart(even, "0")}`);
}

/** A number as a 32-byte word. */
export function word(value: bigint | number): Uint8Array {
  return octetsOf(value, HASH_BYTES);
}

/** Bytes for a person: 0x and lower-case hex. */
export function shown(data: Uint8Array): string {
  let text = "0x";
  for (const byte of data) text += DIGITS[byte] ?? "";
  return text;
}

/** Inverse of `shown`, for text that is known to be hexadecimal. */
export function bytesOf(hex: string): Uint8Array {
  const bytes = new Uint8Array((hex.length - 2) / 2);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(hex.slice(2 + 2 * at, 4 + 2 * at), 16);
  return bytes;
}

export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
