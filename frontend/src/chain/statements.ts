/** The document of a use of certificates: who may say so, for when; its print alone goes on the chain. */
import { bytesToHex, keccak256, stringToBytes, toHex, type Hex } from "viem";

/** What the member keeps and hands to the beneficiary: the salt proves who it was made for, and nobody can guess it. */
export interface StatementDocument {
  readonly format: "watt-commons/statement";
  readonly version: 1;
  readonly chain_id: number;
  readonly contract: string;
  readonly holder: string;
  readonly beneficiary: string;
  readonly salt: Hex;
  readonly purpose: string;
  readonly period_from: number;
  readonly period_to: number;
  readonly country: string;
  /** Certificate's number and Wh. */
  readonly certificates: readonly (readonly [string, number])[];
}

/** Its bytes: JSON with sorted keys, no white space, UTF-8. What is hashed and what is saved are the same. */
export function statementBytes(document: StatementDocument): Uint8Array {
  const sorted = Object.fromEntries(Object.entries(document).sort(([one], [other]) => (one < other ? -1 : 1)));
  return stringToBytes(JSON.stringify(sorted));
}

export function statementHash(document: StatementDocument): Hex {
  return keccak256(statementBytes(document));
}

/** keccak256(salt ‖ name): whoever has both can show for whom it was. */
export function beneficiaryCommitment(salt: Hex, name: string): Hex {
  return keccak256(`${salt}${bytesToHex(stringToBytes(name)).slice(2)}`);
}

/** A code of up to 31 ASCII characters in 32 bytes. */
export function purposeCode(code: string): Hex {
  return toHex(code, { size: 32 });
}

export function newSalt(random: (bytes: Uint8Array<ArrayBuffer>) => unknown): Hex {
  const salt = new Uint8Array(32);
  random(salt);
  return bytesToHex(salt);
}
