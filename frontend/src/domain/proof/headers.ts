/** Block headers as the chain encodes them: 15 fields of old, and what London to Prague appended. */
import { ADDRESS_BYTES, HASH_BYTES, keccak, shown } from "./hashing.js";
import * as items from "./items.js";
import { ProofBroken, say } from "./say.js";

/** By the names of JSON-RPC, in the order of the encoding. The first 15 are always there. */
const FIELDS = [
  "parentHash",
  "sha3Uncles",
  "miner",
  "stateRoot",
  "transactionsRoot",
  "receiptsRoot",
  "logsBloom",
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "extraData",
  "mixHash",
  "nonce",
  "baseFeePerGas",
  "withdrawalsRoot",
  "blobGasUsed",
  "excessBlobGas",
  "parentBeaconBlockRoot",
  "requestsHash",
] as const;

const ALWAYS = 15;
const NUMBERS: ReadonlySet<string> = new Set([
  "difficulty",
  "number",
  "gasLimit",
  "gasUsed",
  "timestamp",
  "baseFeePerGas",
  "blobGasUsed",
  "excessBlobGas",
]);
const EXTRA = FIELDS.indexOf("extraData");
/** Of the year 9999: no block is later, and none has a higher number. */
const LAST_SECOND = 253_402_300_799n;
const LENGTHS: Readonly<Record<string, number>> = { miner: ADDRESS_BYTES, logsBloom: 256, nonce: 8 };

/** A header: its fields as encoded, and those that a proof rests on. `timestamp` in unix seconds. */
export class Header {
  /** Who made its seals, once asked for: recovering them takes most of a check's time. */
  sealers: readonly (string | undefined)[] | undefined;

  constructor(
    readonly fields: readonly Uint8Array[],
    readonly number: number,
    readonly timestamp: number,
  ) {}

  /** Hash of the block before. */
  get parent(): string {
    return shown(this.#field("parentHash"));
  }

  /** Who proposed the block. */
  get miner(): string {
    return shown(this.#field("miner"));
  }

  /** Root of the state after the block. */
  get stateRoot(): Uint8Array {
    return this.#field("stateRoot");
  }

  /** Root of the block's receipts. */
  get receiptsRoot(): Uint8Array {
    return this.#field("receiptsRoot");
  }

  /** Extra data: in QBFT validators, vote, round and seals. */
  get extra(): Uint8Array {
    return this.#field("extraData");
  }

  /** A fixed word in QBFT. */
  get mixHash(): string {
    return shown(this.#field("mixHash"));
  }

  /** Hash of this header with other extra data. */
  hashWith(extra: Uint8Array): Uint8Array {
    return keccak(items.encoded(this.fields.map((field, place) => (place === EXTRA ? extra : field))));
  }

  #field(name: (typeof FIELDS)[number]): Uint8Array {
    return this.fields[FIELDS.indexOf(name)] ?? new Uint8Array();
  }
}

/** A header from its encoding. Throws ProofBroken when it is none. */
export function parse(raw: Uint8Array): Header {
  const what = say("header");
  const found = items.decoded(raw, what);
  if (found.length < ALWAYS || found.length > FIELDS.length) {
    throw new ProofBroken(what, say("header_fields", { found: found.length, least: ALWAYS, most: FIELDS.length }));
  }
  const values = new Map<string, number>();
  found.forEach((item, place) => {
    const name = FIELDS[place] ?? "";
    const field = say("header_field", { name });
    if (NUMBERS.has(name)) {
      const value = items.scalar(item, field);
      if ((name === "number" || name === "timestamp") && value > LAST_SECOND) {
        throw new ProofBroken(field, say("out_of_range"));
      }
      values.set(name, Number(value));
    } else if (name !== "extraData") {
      items.octets(item, field, LENGTHS[name] ?? HASH_BYTES);
    }
  });
  const fields = found.map((item) => items.octets(item, what));
  return new Header(fields, values.get("number") ?? 0, values.get("timestamp") ?? 0);
}
