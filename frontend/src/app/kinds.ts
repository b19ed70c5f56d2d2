/** Kinds of plants that have a word and a colour of their own. */
export const KINDS = ["solar", "hydro", "wind", "other"] as const;
export type Kind = (typeof KINDS)[number];

/** `kind` as one of them; any other is `other`. */
export function kindOf(kind: string): Kind {
  return KINDS.find((known) => known === kind) ?? "other";
}
