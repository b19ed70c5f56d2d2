/**
 * The proof file, version 1: what it holds and its one form. `wattcommons.verifier.proof_file` tells every field.
 *
 * It says nothing twice: readings, amounts, keys and prices follow from the trie nodes, the signed run and the fills.
 */
import { MAX_INDEX } from "../../units.js";
import { contractsOf, octets, type Community } from "./anchors.js";
import * as canonical from "./canonical.js";
import type { Json, Kind } from "./canonical.js";
import { lengthen } from "./compactFills.js";
import { ADDRESS_BYTES, keccak, shown } from "./hashing.js";
import { ProofFileError, say } from "./say.js";

export const PROOF_FORMAT = "wattcommons-proof";
export const PROOF_VERSION = 1;
const MINUTES: readonly number[] = [15, 30, 60];
/** Longest lists that are read. */
const MOST = { holders: 64, fills: 64, headers: 512, receipts: 256, nodes: 8192 };
const FIELDS: Readonly<Record<string, Kind>> = {
  format: "string",
  version: "number",
  layout: "string",
  chain_id: "number",
  contracts: "object",
  interval_minutes: "number",
  device: "number",
  interval: "number",
  participant: "number",
  holders: "list",
  run: "string",
  fills: "list",
  headers: "list",
  receipts: "list",
  nodes: "list",
};

/** A proof file's content, checked for its form alone. `receipts`: [place in headers, position in the block]. */
export interface ProofFile {
  readonly layout: string;
  readonly community: Community;
  readonly device: number;
  readonly interval: number;
  readonly participant: number;
  readonly holders: readonly string[];
  readonly run: Uint8Array;
  readonly fills: readonly Uint8Array[];
  readonly headers: readonly Uint8Array[];
  readonly receipts: readonly (readonly [number, number])[];
  readonly nodes: readonly Uint8Array[];
}

/** The certificate's number. */
export function certificateOf({ device, interval }: ProofFile): bigint {
  return (BigInt(device) << 32n) | BigInt(interval);
}

/** A proof file from its bytes. Throws ProofFileError saying why it is none. */
export function load(data: Uint8Array): ProofFile {
  const what = say("proof_file");
  const found = canonical.load(data, what);
  if (found["format"] !== PROOF_FORMAT) throw new ProofFileError(say("file_not_proof"));
  if (found["version"] !== PROOF_VERSION) {
    const version = typeof found["version"] === "number" ? found["version"] : "?";
    throw new ProofFileError(say("file_version", { version, reads: PROOF_VERSION }));
  }
  canonical.expect(found, FIELDS, what);
  for (const [name, most] of Object.entries(MOST)) {
    const { length } = listOf(found, name);
    if (length > most) throw new ProofFileError(say("file_list", { what, name, length, most }));
  }
  return {
    layout: found["layout"] as string,
    community: {
      chainId: within(found["chain_id"], 1, Number.MAX_SAFE_INTEGER, "chain_id"),
      intervalMinutes: minutesOf(found["interval_minutes"]),
      contracts: contractsOf(found["contracts"], what),
    },
    device: within(found["device"], 1, MAX_INDEX, "device"),
    interval: within(found["interval"], 0, MAX_INDEX, "interval"),
    participant: within(found["participant"], 1, MAX_INDEX, "participant"),
    holders: holdersOf(listOf(found, "holders")),
    run: read(found["run"], "run"),
    fills: lengthen(listOf(found, "fills").map((one) => read(one, "fills"))),
    headers: listOf(found, "headers").map((one) => read(one, "headers")),
    receipts: receiptsOf(listOf(found, "receipts"), listOf(found, "headers").length),
    nodes: byHash(listOf(found, "nodes").map((one) => read(one, "nodes"))),
  };
}

function listOf(found: Json, name: string): readonly unknown[] {
  return found[name] as readonly unknown[];
}

function read(text: unknown, name: string): Uint8Array {
  if (typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    try {
      const raw = atob(text);
      if (btoa(raw) === text) return Uint8Array.from(raw, (one) => one.charCodeAt(0));
    } catch {
      // falls through: no base64
    }
  }
  throw new ProofFileError(say("file_base64", { name }));
}

function within(value: unknown, least: number, most: number, name: string): number {
  const found = value as number;
  if (found < least || found > most) throw new ProofFileError(say("file_value", { name, found, least, most }));
  return found;
}

function minutesOf(value: unknown): number {
  const found = value as number;
  if (!MINUTES.includes(found)) throw new ProofFileError(say("file_minutes", { found }));
  return found;
}

function holdersOf(found: readonly unknown[]): string[] {
  const holders = found.map((one) => octets(one, ADDRESS_BYTES, say("a_holder")));
  ascending(holders, "holders");
  return holders;
}

function receiptsOf(found: readonly unknown[], headers: number): (readonly [number, number])[] {
  const pairs = found.map((pair): readonly [number, number] => {
    const isPair = Array.isArray(pair) && pair.length === 2 && pair.every((one) => typeof one === "number");
    if (!isPair) throw new ProofFileError(say("file_pairs"));
    const [place, position] = pair as [number, number];
    return [within(place, 0, headers - 1, "receipts"), within(position, 0, MAX_INDEX, "receipts")];
  });
  ascending(
    pairs.map(([place, position]) => place * 2 ** 32 + position),
    "receipts",
  );
  return pairs;
}

function byHash(nodes: readonly Uint8Array[]): readonly Uint8Array[] {
  ascending(
    nodes.map((node) => shown(keccak(node))),
    "nodes",
  );
  return nodes;
}

function ascending(found: readonly (string | number)[], name: string): void {
  const isWrong = found.some((one, at) => {
    const next = found[at + 1];
    return next !== undefined && one >= next;
  });
  if (isWrong) throw new ProofFileError(say("file_order", { name }));
}
