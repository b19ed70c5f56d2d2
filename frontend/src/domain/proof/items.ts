/** RLP read strictly: one encoding a value, no bytes left over, and lists of bounded depth. */
import { joined, number, octetsOf } from "./hashing.js";
import { ProofBroken, say, type Say } from "./say.js";

/** A string of bytes, or a list of items. */
export type Item = Uint8Array | readonly Item[];

const MAX_BYTES = 2 ** 20;
/** Deeper than anything a chain encodes. */
const MAX_DEPTH = 64;
const SHORT = 55;

/** The items of an RLP list. Throws ProofBroken for anything else, naming `what` it should have been. */
export function decoded(data: Uint8Array, what: Say): readonly Item[] {
  return listed(strict(data, what), what);
}

/** The bytes in an RLP string. Throws ProofBroken for anything else. */
export function string(data: Uint8Array, what: Say): Uint8Array {
  return octets(strict(data, what), what);
}

/** RLP of an item. */
export function encoded(item: Item): Uint8Array {
  if (item instanceof Uint8Array) {
    const first = item[0];
    if (item.length === 1 && first !== undefined && first < 0x80) return item;
    return joined(prefix(0x80, item.length), item);
  }
  const body = joined(...item.map(encoded));
  return joined(prefix(0xc0, body.length), body);
}

/** An item that is bytes, exactly `length` of them if given. Throws ProofBroken. */
export function octets(item: Item | undefined, what: Say, length?: number): Uint8Array {
  if (!(item instanceof Uint8Array) || (length !== undefined && item.length !== length)) {
    throw new ProofBroken(what, say("wrong_form"));
  }
  return item;
}

/** An item that is a list. Throws ProofBroken. */
export function listed(item: Item | undefined, what: Say): readonly Item[] {
  if (item === undefined || item instanceof Uint8Array) throw new ProofBroken(what, say("wrong_form"));
  return item;
}

/** An item that is a number: big endian without leading zeros, at most `most` bytes. Throws ProofBroken. */
export function scalar(item: Item | undefined, what: Say, most = 32): bigint {
  const data = octets(item, what);
  if (data.length > most || data[0] === 0) throw new ProofBroken(what, say("no_number"));
  return number(data);
}

function prefix(base: number, length: number): Uint8Array {
  if (length <= SHORT) return Uint8Array.of(base + length);
  const size = octetsOf(length);
  return joined(Uint8Array.of(base + SHORT + size.length), size);
}

function strict(data: Uint8Array, what: Say): Item {
  if (data.length > MAX_BYTES) throw new ProofBroken(what, say("too_long"));
  const found = read(data, 0, data.length, 0);
  if (found?.end !== data.length) throw new ProofBroken(what, say("no_rlp"));
  return found.item;
}

/** The item that begins at a byte, and where it ends; undefined for none, or for one that has a shorter form. */
function read(data: Uint8Array, at: number, limit: number, depth: number): { item: Item; end: number } | undefined {
  const first = data[at];
  if (first === undefined || at >= limit || depth > MAX_DEPTH) return undefined;
  if (first < 0x80) return { item: data.subarray(at, at + 1), end: at + 1 };
  const isList = first >= 0xc0;
  const short = first - (isList ? 0xc0 : 0x80);
  let start = at + 1;
  let length = short;
  if (short > SHORT) {
    start += short - SHORT;
    if (data[at + 1] === 0 || start > limit) return undefined;
    length = Number(number(data.subarray(at + 1, start)));
    if (length <= SHORT) return undefined;
  }
  const end = start + length;
  if (end > limit) return undefined;
  if (!isList) {
    const only = data[start];
    if (length === 1 && only !== undefined && only < 0x80) return undefined;
    return { item: data.subarray(start, end), end };
  }
  const inner: Item[] = [];
  for (let next = start; next < end;) {
    const found = read(data, next, end, depth + 1);
    if (found === undefined) return undefined;
    inner.push(found.item);
    next = found.end;
  }
  return { item: inner, end };
}
