/** The outcome of a check, as a tree: each line holds, is broken, or cannot be proved from the document alone. */

export type Verdict = "ok" | "broken" | "unproved";

export type GroupCode = "paper" | "reading" | "price" | "issue" | "life" | "chain";

/** What is told about a line: numbers in the unit that the line's words say, and texts as they stand. */
export type Values = Readonly<Record<string, string | number | null>>;

/** `code` names the check, `reason` what is wrong with it or why it stays open. */
export interface Line {
  readonly code: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly values: Values;
}

export interface Group {
  readonly code: GroupCode;
  readonly verdict: Verdict;
  readonly lines: readonly Line[];
}

export interface Tree {
  readonly verdict: Verdict;
  readonly groups: readonly Group[];
}

export function holds(code: string, values: Values = {}): Line {
  return { code, verdict: "ok", reason: "", values };
}

export function broken(code: string, reason: string, values: Values = {}): Line {
  return { code, verdict: "broken", reason, values };
}

export function unproved(code: string, reason: string, values: Values = {}): Line {
  return { code, verdict: "unproved", reason, values };
}

/** Holds when `found` is `expected`; else broken, with both. */
export function equal(code: string, expected: string | number, found: string | number, values: Values = {}): Line {
  return expected === found
    ? holds(code, { found, ...values })
    : broken(code, "differs", { expected, found, ...values });
}

export function group(code: GroupCode, lines: readonly Line[]): Group {
  return { code, verdict: worst(lines), lines };
}

export function tree(groups: readonly Group[]): Tree {
  return { verdict: worst(groups), groups };
}

/** The first line that is broken, or undefined. */
export function firstBroken({ groups }: Tree): Line | undefined {
  return groups.flatMap(({ lines }) => lines).find(({ verdict }) => verdict === "broken");
}

function worst(parts: readonly { readonly verdict: Verdict }[]): Verdict {
  if (parts.some(({ verdict }) => verdict === "broken")) return "broken";
  return parts.some(({ verdict }) => verdict === "unproved") ? "unproved" : "ok";
}
