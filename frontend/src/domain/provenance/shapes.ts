/**
 * Reading foreign JSON strictly: every field is there, no other is, and each is exactly of its kind.
 *
 * A reader takes a value and where it stands (`reading.run.signature`), and gives it back typed or throws
 * DocumentError. What is not understood is refused: a field nobody reads could say something else than what was checked.
 */

export type Refusal = "too_large" | "not_json" | "not_plain" | "missing" | "unknown" | "wrong_value" | "wrong_version";

/** The file is no document that can be checked. `where`: the field, empty for the whole. */
export class DocumentError extends Error {
  override readonly name = "DocumentError";

  constructor(
    readonly reason: Refusal,
    readonly where = "",
  ) {
    super(where ? `${reason} at ${where}` : reason);
  }
}

export type Read<Value> = (value: unknown, where: string) => Value;
type Values<Fields> = { readonly [Name in keyof Fields]: Fields[Name] extends Read<infer Value> ? Value : never };
/** What a reader gives. */
export type ReadBy<Reader> = Reader extends Read<infer Value> ? Value : never;

/** An object of exactly these fields. */
export function object<Fields extends Readonly<Record<string, Read<unknown>>>>(fields: Fields): Read<Values<Fields>> {
  return (value, where) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new DocumentError("wrong_value", where);
    }
    const given = value as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(given)) {
      if (!Object.hasOwn(fields, name)) throw new DocumentError("unknown", inside(where, name));
    }
    const read: Record<string, unknown> = {};
    for (const [name, reader] of Object.entries(fields)) {
      if (!Object.hasOwn(given, name)) throw new DocumentError("missing", inside(where, name));
      read[name] = reader(given[name], inside(where, name));
    }
    return read as Values<Fields>;
  };
}

/** A list of at most `most` items. */
export function list<Value>(item: Read<Value>, most: number): Read<readonly Value[]> {
  return (value, where) => {
    if (!Array.isArray(value) || value.length > most) throw new DocumentError("wrong_value", where);
    return value.map((one: unknown, index) => item(one, `${where}[${index}]`));
  };
}

/** A whole number from `least` to `most`, both within ±2^53. */
export function whole(least: number, most: number): Read<number> {
  return (value, where) => {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new DocumentError("wrong_value", where);
    }
    return value;
  };
}

/** Text that `pattern` matches as a whole. */
export function text(pattern: RegExp): Read<string> {
  return (value, where) => {
    if (typeof value !== "string" || !pattern.test(value)) throw new DocumentError("wrong_value", where);
    return value;
  };
}

export function oneOf<const Word extends string>(...words: readonly Word[]): Read<Word> {
  return (value, where) => {
    const word = words.find((one) => one === value);
    if (word === undefined) throw new DocumentError("wrong_value", where);
    return word;
  };
}

export const flag: Read<boolean> = (value, where) => {
  if (typeof value !== "boolean") throw new DocumentError("wrong_value", where);
  return value;
};

export function optional<Value>(read: Read<Value>): Read<Value | null> {
  return (value, where) => (value === null ? null : read(value, where));
}

/**
 * JSON text as a value. Refused where two readers could read it differently: a key twice in one object, or a number
 * or text written in another way than JSON's plainest (`1.0`, `1e3`, `\u0041`). White space and order are free.
 */
export function parseJson(source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw new DocumentError("not_json");
  }
  if (withoutSpace(source) !== JSON.stringify(value)) throw new DocumentError("not_plain");
  return value;
}

/** Valid JSON without the white space outside its texts. */
function withoutSpace(source: string): string {
  return source.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_all, quoted: string | undefined) => quoted ?? "");
}

function inside(where: string, name: string): string {
  return where ? `${where}.${name}` : name;
}
