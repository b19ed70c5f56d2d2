/**
 * Why the server refused, in the reader's language.
 *
 * The server speaks English and says more than a code does; a French reader is told by the code, in general words where
 * a code has none of its own. The server's tests hold the codes against `problems.fr.ts`.
 */
import type { ApiFailure } from "../api/failures.js";
import type { Language } from "../formatting.js";
import { PROBLEMS_FR } from "./problems.fr.js";

export interface ProblemWords {
  /** What is wrong; empty when nothing is known. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint: string;
}

export function problemWords({ code, detail, hint }: ApiFailure, language: Language): ProblemWords {
  const general = detail === "" ? undefined : PROBLEMS_FR["refused"];
  const french = language === "fr" ? (PROBLEMS_FR[code] ?? general) : undefined;
  return french ? { detail: french[0], hint: french[1] } : { detail: sentence(detail), hint: sentence(hint) };
}

/** The server writes clauses; screens show sentences. */
function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return begun === "" || /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
