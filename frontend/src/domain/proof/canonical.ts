/**
 * Canonical JSON: one text a value, so that every byte of a file counts.
 *
 * Keys sorted, no white space, no escapes but the shortest, whole numbers only, one line feed at the end. What was edited
 * by hand, has a key twice, a fraction or an unknown field is refused.
 */
import { same } from "./hashing.js";
import { ProofFileError, say, type Say } from "./say.js";

export const MAX_BYTES = 2 ** 20;
export type Json = Readonly<Record<string, unknown>>;
export type Kind = "string" | "number" | "object" | "list";

/** The one text of an object. */
export function dump(value: Json): Uint8Array {
  return new TextEncoder().encode(`${textOf(value)}\n`);
}

/** An object from its one text. Throws ProofFileError naming `what` is wrong otherwise. */
export function load(data: Uint8Array, what: Say): Json {
  if (data.length > MAX_BYTES) throw new ProofFileError(say("file_bytes", { what, bytes: data.length }));
  let value: unknown;
  let again: Uint8Array | undefined;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data));
    wholeOnly(value);
    again = dump(value as Json);
  } catch {
    throw new ProofFileError(say("file_json", { what }));
  }
  if (!isObject(value)) throw new ProofFileError(say("file_object", { what }));
  if (!same(again, data)) throw new ProofFileError(say("file_canonical", { what }));
  return value;
}

/** An object with exactly these fields of these kinds. Throws ProofFileError naming the first that differs. */
export function expect(value: unknown, fields: Readonly<Record<string, Kind>>, what: Say): Json {
  if (!isObject(value)) throw new ProofFileError(say("file_part_object", { what }));
  const names = [...new Set([...Object.keys(value), ...Object.keys(fields)])].sort(byCodePoint);
  for (const name of names) {
    if (!Object.hasOwn(value, name)) throw new ProofFileError(say("file_lacks", { what, name }));
    if (!Object.hasOwn(fields, name)) throw new ProofFileError(say("file_unknown", { what, name }));
  }
  for (const [name, kind] of Object.entries(fields)) {
    if (kindOf(value[name]) !== kind) throw new ProofFileError(say("file_type", { what, name }));
  }
  return value;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return value === null ? "null" : typeof value;
}

export function isObject(value: unknown): value is Json {
  return kindOf(value) === "object";
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).sort(byCodePoint);
  return `{${names.map((name) => `${JSON.stringify(name)}:${textOf(value[name])}`).join(",")}}`;
}

/** Throws for a number that is none, and for text that is none: half of a pair of code units. */
function wholeOnly(value: unknown): void {
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError("no whole number");
  if (typeof value === "string") encodeURIComponent(value);
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    encodeURIComponent(name);
    wholeOnly(inner);
  }
}

/** The order of Python's texts: by code points, not by their halves. */
function byCodePoint(one: string, other: string): number {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const gap = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (gap !== 0) return gap;
  }
  return left.length - right.length;
}
