/**
 * QBFT as Hyperledger Besu runs it, validators in the block header: hashes, seals, quorum.
 *
 * Extra data is RLP of [vanity, validators, vote or empty list, round, seals]. Three hashes come of one header: the
 * block's (seals left out, round 0), the one that validators seal (seals left out, round kept), and for the genesis block
 * alone the extra data as it stands. The rules are told at length in `wattcommons.verifier.qbft`.
 */
import { ADDRESS_BYTES, HASH_BYTES, bytesOf, number, octetsOf, shown, signer } from "./hashing.js";
import type { Header } from "./headers.js";
import * as items from "./items.js";
import type { Item } from "./items.js";
import { ProofBroken, say, type Say } from "./say.js";

const MIX_HASH = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365";
const SEAL_BYTES = 65;
const MAX_VALIDATORS = 256;
const ADD = Uint8Array.of(0xff);
const DROP = new Uint8Array();

/** What a proposer wants of another: in, or out. */
export interface Vote {
  readonly subject: string;
  readonly add: boolean;
}

/** A header's extra data. */
export interface Extra {
  readonly vanity: Uint8Array;
  readonly validators: readonly string[];
  readonly vote: Vote | undefined;
  readonly round: number;
  readonly seals: readonly Uint8Array[];
}

/** The extra data of a QBFT header. Throws ProofBroken when it is no such header. */
export function extraOf(header: Header): Extra {
  const what = say("extra_data", { block: header.number });
  const found = items.decoded(header.extra, what);
  if (found.length !== 5) throw new ProofBroken(what, say("not_qbft"));
  const [vanity, validators, vote, round, seals] = found;
  const listed = items.listed(validators, what);
  const sealed = items.listed(seals, what);
  if (listed.length > MAX_VALIDATORS || sealed.length > MAX_VALIDATORS) {
    throw new ProofBroken(what, say("too_many_validators", { most: MAX_VALIDATORS }));
  }
  return {
    vanity: items.octets(vanity, what, HASH_BYTES),
    validators: listed.map((one) => shown(items.octets(one, what, ADDRESS_BYTES))),
    vote: voteOf(items.listed(vote, what), what),
    round: Number(items.scalar(round, what, 4)),
    seals: sealed.map((one) => items.octets(one, what, SEAL_BYTES)),
  };
}

/** Whether a header is one of a QBFT network: others hash as they stand. */
export function isQbft(header: Header): boolean {
  try {
    extraOf(header);
    return true;
  } catch (error) {
    if (error instanceof ProofBroken) return false;
    throw error;
  }
}

/** The hash by which a block is known, on QBFT networks and others. */
export function blockHash(header: Header): string {
  if (header.number === 0 || !isQbft(header)) return shown(header.hashWith(header.extra));
  return shown(header.hashWith(encoded({ ...extraOf(header), round: 0, seals: [] })));
}

/** How many of so many validators must have sealed: two thirds, rounded up. */
export function quorum(validators: number): number {
  return Math.floor((2 * validators + 2) / 3);
}

/** Checks that a header is sealed by this set, and gives its extra data. Throws ProofBroken with the rule broken. */
export function checkSealed(header: Header, validators: Iterable<string>): Extra {
  const what = say("block", { block: header.number });
  const extra = extraOf(header);
  if (extra.validators.length === 0) throw new ProofBroken(what, say("no_validators"));
  const expected = [...validators].sort();
  if (expected.length !== extra.validators.length || extra.validators.some((one, at) => one !== expected[at])) {
    throw new ProofBroken(what, say("other_validators"));
  }
  const set = new Set(expected);
  if (!set.has(header.miner)) throw new ProofBroken(what, say("other_proposer"));
  if (header.mixHash !== MIX_HASH) throw new ProofBroken(what, say("no_mix_hash"));
  header.sealers ??= sealersOf(header, extra);
  const sealed = new Set<string>();
  for (const found of header.sealers) {
    if (found === undefined || !set.has(found)) throw new ProofBroken(what, say("foreign_seal"));
    if (sealed.has(found)) throw new ProofBroken(what, say("two_seals"));
    sealed.add(found);
  }
  const needed = quorum(expected.length);
  if (sealed.size < needed) {
    throw new ProofBroken(what, say("too_few_seals", { sealed: sealed.size, of: expected.length, needed }));
  }
  return extra;
}

/** Checks what the hash of a QBFT header leaves open, so that none of its bytes is free. Throws ProofBroken. */
export function checkForm(header: Header): void {
  if (header.number === 0 || !isQbft(header)) return;
  const extra = extraOf(header);
  if (extra.validators.length > 0) checkSealed(header, extra.validators);
  else if (extra.seals.length > 0 || extra.round > 0) {
    throw new ProofBroken(say("block", { block: header.number }), say("loose_seals"));
  }
}

function sealersOf(header: Header, extra: Extra): (string | undefined)[] {
  const digest = header.hashWith(encoded({ ...extra, seals: [] }));
  return extra.seals.map((seal) =>
    signer(digest, seal.subarray(0, 32), number(seal.subarray(32, 64)), seal[64] ?? 255),
  );
}

function encoded({ vanity, validators, vote, round, seals }: Extra): Uint8Array {
  const voted: Item = vote === undefined ? [] : [bytesOf(vote.subject), vote.add ? ADD : DROP];
  return items.encoded([vanity, validators.map(bytesOf), voted, octetsOf(round), seals]);
}

function voteOf(found: readonly Item[], what: Say): Vote | undefined {
  const [subject, kind] = found;
  if (subject === undefined) return undefined;
  const isKnown = kind instanceof Uint8Array && (kind.length === 0 || (kind.length === 1 && kind[0] === 0xff));
  if (found.length !== 2 || !isKnown) throw new ProofBroken(what, say("unknown_vote"));
  return { subject: shown(items.octets(subject, what, ADDRESS_BYTES)), add: kind.length === 1 };
}
