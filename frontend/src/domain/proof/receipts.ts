/** What a receipt tells of one certificate: what was claimed, moved, used or withdrawn. */
import { ADDRESS_BYTES, HASH_BYTES, ascii, keccak, number, shown } from "./hashing.js";
import * as items from "./items.js";
import { ProofBroken, say } from "./say.js";

const WHAT = say("receipt");
/** By the hash of its signature: an event's kind, and how many topics it has. */
type Kind = "claimed" | "cancelled" | "statement" | "withdrawn" | "single" | "batch";
const EVENTS: ReadonlyMap<string, readonly [Kind, number]> = new Map([
  event("Claimed(uint256,uint32,address,uint256)", "claimed", 4),
  event("CertificateCancelled(uint256,uint256,uint256)", "cancelled", 3),
  event("StatementIssued(uint256,address,(bytes32,bytes32,uint64,uint64,bytes2,bytes32),uint256)", "statement", 3),
  event("Withdrawn(uint256,address,uint256,bytes32)", "withdrawn", 3),
  event("TransferSingle(address,address,address,uint256,uint256)", "single", 4),
  event("TransferBatch(address,address,address,uint256[],uint256[])", "batch", 4),
]);

/** A cancellation's statement: for whom, what for, which period (unix seconds), where, and the document's hash. */
export interface Statement {
  readonly number: bigint;
  readonly beneficiary: string;
  readonly purpose: string;
  readonly period_from: bigint;
  readonly period_to: bigint;
  readonly country: string;
  readonly statement_hash: string;
}

/** Something that happened to Wh; wallets empty for none. */
export interface Happening {
  readonly kind: "claim" | "transfer" | "cancellation" | "withdrawal";
  readonly wh: bigint;
  readonly sender: string;
  readonly receiver: string;
  readonly statement: Statement | null;
  readonly reason: string;
}

class Log {
  constructor(
    readonly kind: Kind,
    readonly topics: readonly Uint8Array[],
    private readonly words: readonly Uint8Array[],
  ) {}

  word(at: bigint | number): Uint8Array {
    const found = at < this.words.length ? this.words[Number(at)] : undefined;
    if (found === undefined) throw new ProofBroken(WHAT, say("log_cut"));
    return found;
  }

  number(at: bigint | number): bigint {
    return number(this.word(at));
  }

  /** A dynamic array of words, whose place stands at word `at`. */
  array(at: number): bigint[] {
    const place = this.number(at) / BigInt(HASH_BYTES);
    const rest = this.number(at) % BigInt(HASH_BYTES);
    const count = this.number(place);
    if (rest !== 0n || place + count >= BigInt(this.words.length)) throw new ProofBroken(WHAT, say("log_cut"));
    const first = Number(place) + 1;
    return this.words.slice(first, first + Number(count)).map(number);
  }

  address(at: number): string {
    const found = (this.topics[at] ?? new Uint8Array()).subarray(-ADDRESS_BYTES);
    return found.some((byte) => byte !== 0) ? shown(found) : "";
  }
}

/** What the token at `token` tells of a certificate in an encoded receipt. Throws ProofBroken when it is none. */
export function happenings(receipt: Uint8Array, token: string, certificate: bigint): Happening[] {
  const found: Happening[] = [];
  const cancelled = new Map<bigint, bigint>();
  for (const log of logsOf(receipt, token)) {
    const [first = 0n, second = 0n, third = 0n] = log.topics.map(number);
    const base = { sender: "", receiver: "", statement: null, reason: "" };
    if (log.kind === "claimed" && first === certificate) {
      found.push({ ...base, kind: "claim", wh: log.number(0), receiver: log.address(2) });
    } else if (log.kind === "withdrawn" && first === certificate) {
      const wh = log.number(0);
      found.push({ ...base, kind: "withdrawal", wh, sender: log.address(1), reason: shown(log.word(1)) });
    } else if (log.kind === "cancelled" && second === certificate) {
      cancelled.set(first, (cancelled.get(first) ?? 0n) + log.number(0));
    } else if (log.kind === "statement" && cancelled.has(first)) {
      const statement = statementOf(first, log);
      const wh = cancelled.get(first) ?? 0n;
      cancelled.delete(first);
      found.push({ ...base, kind: "cancellation", wh, sender: log.address(1), statement });
    } else if ((log.kind === "single" || log.kind === "batch") && second !== 0n && third !== 0n) {
      const wh = moved(log, certificate);
      if (wh > 0n) found.push({ ...base, kind: "transfer", wh, sender: log.address(1), receiver: log.address(2) });
    }
  }
  if (cancelled.size > 0) throw new ProofBroken(WHAT, say("no_statement"));
  return found;
}

/** Wh of a certificate that a transfer moves. */
function moved(log: Log, certificate: bigint): bigint {
  const isSingle = log.kind === "single";
  const ids = isSingle ? [log.number(0)] : log.array(0);
  const amounts = isSingle ? [log.number(1)] : log.array(1);
  if (ids.length !== amounts.length) throw new ProofBroken(WHAT, say("unequal_lists"));
  return ids.reduce((sum, id, at) => (id === certificate ? sum + (amounts[at] ?? 0n) : sum), 0n);
}

function logsOf(receipt: Uint8Array, token: string): Log[] {
  // A transaction's type stands before the list, which itself begins at 0xc0.
  const body = items.decoded((receipt[0] ?? 0) < 0x80 ? receipt.subarray(1) : receipt, WHAT);
  const status = body[0];
  if (body.length !== 4 || !(status instanceof Uint8Array) || status.length !== 1 || status[0] !== 1) {
    throw new ProofBroken(WHAT, say("not_through"));
  }
  const logs: Log[] = [];
  for (const item of items.listed(body[3], WHAT)) {
    const parts = items.listed(item, WHAT);
    if (parts.length !== 3) throw new ProofBroken(WHAT, say("no_log"));
    const topics = items.listed(parts[1], WHAT).map((topic) => items.octets(topic, WHAT, HASH_BYTES));
    const data = items.octets(parts[2], WHAT);
    const address = parts[0];
    const [first, ...rest] = topics;
    if (!(address instanceof Uint8Array) || shown(address) !== token || first === undefined) continue;
    const known = EVENTS.get(shown(first));
    if (known?.[1] !== topics.length) continue;
    const words: Uint8Array[] = [];
    for (let at = 0; at < data.length; at += HASH_BYTES) words.push(data.subarray(at, at + HASH_BYTES));
    logs.push(new Log(known[0], rest, words));
  }
  return logs;
}

function statementOf(running: bigint, log: Log): Statement {
  return {
    number: running,
    beneficiary: shown(log.word(0)),
    purpose: shown(log.word(1)),
    period_from: log.number(2),
    period_to: log.number(3),
    country: Array.from(log.word(4).subarray(0, 2), (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : "\ufffd",
    ).join(""),
    statement_hash: shown(log.word(5)),
  };
}

function event(signature: string, kind: Kind, topics: number): [string, readonly [Kind, number]] {
  return [shown(keccak(ascii(signature))), [kind, topics]];
}
