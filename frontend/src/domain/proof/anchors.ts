/**
 * What a reader already trusts, and which headers of a file that covers.
 *
 * A checkpoint pins a block, the validators that seal after it, and the community's contracts. A block hash pins one
 * block. Contracts may also be named alone. With nothing at all a file can only agree with itself.
 */
import { ADDRESS_BYTES, HASH_BYTES } from "./hashing.js";
import * as canonical from "./canonical.js";
import type { Kind } from "./canonical.js";
import type { Header } from "./headers.js";
import { CONTRACTS, type Contract } from "./layout.js";
import { ProofFileError, say, type Say } from "./say.js";
import { Validators } from "./votes.js";

export const CHECKPOINT_FORMAT = "wattcommons-checkpoint";
const VERSION = 1;
const FIELDS: Readonly<Record<string, Kind>> = {
  format: "string",
  version: "number",
  chain_id: "number",
  number: "number",
  hash: "string",
  validators: "list",
  epoch_length: "number",
  overrides: "object",
  interval_minutes: "number",
  contracts: "object",
};

/** Which contracts are the community's (0x and lower-case hex), on which chain, with which interval. */
export interface Community {
  readonly chainId: number;
  readonly intervalMinutes: number;
  readonly contracts: Readonly<Record<Contract, string>>;
}

/** A trusted block of a QBFT network and the set that seals after it. No vote may be open at it. */
export interface Checkpoint {
  readonly number: number;
  readonly hash: string;
  readonly validators: readonly string[];
  readonly epochLength: number;
  readonly overrides: ReadonlyMap<number, readonly string[]>;
  readonly community: Community;
}

/** All that the reader trusts. */
export interface Anchor {
  readonly checkpoint?: Checkpoint | undefined;
  readonly hashes?: ReadonlySet<string>;
  readonly community?: Community | undefined;
}

/** The community named by whatever names it. */
export function namedBy({ community, checkpoint }: Anchor): Community | undefined {
  return community ?? checkpoint?.community;
}

export function sameCommunity(one: Community, other: Community): boolean {
  return (
    one.chainId === other.chainId &&
    one.intervalMinutes === other.intervalMinutes &&
    CONTRACTS.every((name) => one.contracts[name] === other.contracts[name])
  );
}

/** A reason for each trusted header, by its place. Throws ProofBroken for one that contradicts the checkpoint. */
export function trusted(headers: readonly Header[], hashes: readonly string[], anchor: Anchor): Map<number, Say> {
  const reasons = new Map<number, Say>();
  hashes.forEach((hash, place) => {
    if (anchor.hashes?.has(hash)) reasons.set(place, say("hash_trusted"));
  });
  if (anchor.checkpoint) follow(headers, hashes, anchor.checkpoint, reasons);
  for (let place = headers.length - 2; place >= 0; place -= 1) {
    const next = headers[place + 1];
    if (reasons.has(place + 1) && !reasons.has(place) && next && next.parent === hashes[place]) {
      reasons.set(place, say("is_parent", { block: next.number }));
    }
  }
  return reasons;
}

function follow(
  headers: readonly Header[],
  hashes: readonly string[],
  { number, hash, validators, epochLength, overrides }: Checkpoint,
  reasons: Map<number, Say>,
): void {
  const set = new Validators(number, validators, epochLength, overrides);
  headers.forEach((header, place) => {
    if (header.number === number && hashes[place] === hash) reasons.set(place, say("is_checkpoint"));
    else if (header.number > number) {
      set.follow(header);
      reasons.set(place, say("is_sealed", { block: number, changes: set.changes }));
    }
  });
}

/** A checkpoint file. Throws ProofFileError saying what is wrong in it. */
export function loadCheckpoint(data: Uint8Array): Checkpoint {
  const what = say("checkpoint");
  const found = canonical.expect(canonical.load(data, what), FIELDS, what);
  if (found["format"] !== CHECKPOINT_FORMAT || found["version"] !== VERSION) {
    throw new ProofFileError(say("file_not_checkpoint", { version: VERSION }));
  }
  const number = found["number"] as number;
  const epochLength = found["epoch_length"] as number;
  if (number < 0 || epochLength < 1) throw new ProofFileError(say("file_range", { what }));
  return {
    number,
    hash: octets(found["hash"], HASH_BYTES, say("hash_of", { what })),
    validators: setOf(found["validators"], what),
    epochLength,
    overrides: new Map(
      Object.entries(found["overrides"] as canonical.Json).map(([at, set]) => [blockOf(at, what), setOf(set, what)]),
    ),
    community: {
      chainId: found["chain_id"] as number,
      intervalMinutes: found["interval_minutes"] as number,
      contracts: contractsOf(found["contracts"], what),
    },
  };
}

/** Bytes written as 0x and lower-case hex, as they are written. Throws ProofFileError. */
export function octets(text: unknown, length: number, what: Say): string {
  if (typeof text === "string" && text.length === 2 + 2 * length && /^0x[0-9a-f]*$/.test(text)) return text;
  throw new ProofFileError(say("file_hex", { what, digits: 2 * length }));
}

/** The addresses of the contracts a proof reads. Throws ProofFileError. */
export function contractsOf(value: unknown, what: Say): Record<Contract, string> {
  const fields = Object.fromEntries(CONTRACTS.map((name) => [name, "string" as const]));
  const found = canonical.expect(value, fields, say("contracts_of", { what }));
  const pairs = CONTRACTS.map((name) => [name, octets(found[name], ADDRESS_BYTES, say("contract_of", { what, name }))]);
  return Object.fromEntries(pairs) as Record<Contract, string>;
}

function setOf(value: unknown, what: Say): string[] {
  if (!Array.isArray(value) || value.length === 0) throw new ProofFileError(say("file_no_validators", { what }));
  const validators = value.map((one: unknown) => octets(one, ADDRESS_BYTES, say("validator_of", { what })));
  if (new Set(validators).size !== validators.length) throw new ProofFileError(say("file_validator_twice", { what }));
  return validators.sort();
}

function blockOf(text: string, what: Say): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new ProofFileError(say("file_block_number", { what, text }));
  return Number(text);
}
