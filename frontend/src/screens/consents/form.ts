/** From what the form holds to what is signed. */
import type { ConsentChoices } from "../../api/consents.js";
import { addMonths } from "../../domain/months.js";
import type { Grant } from "../../flows/consents.js";
import type { ConsentsTexts } from "../../texts/consents.en.js";

/** The choice of an account that is not on the list. */
export const OTHER = "other";
/** The longest that a consent reaches from its beginning, or from now, to its end: see ConsentRegistry. */
const MAX_PERIOD_S = 1096 * 86_400;

export interface ConsentForm {
  readonly grantee: string;
  readonly account: string;
  readonly participant: number;
  readonly purpose: string;
  readonly directions: "both" | "imports" | "exports";
  readonly granularity: string;
  readonly months: string;
  readonly history: string;
  readonly frequency: string;
}

/** The least that is useful: sums of days of what is used, once a day, for three months. */
export const FIRST_FORM: Omit<ConsentForm, "grantee" | "participant" | "purpose"> = {
  account: "",
  directions: "imports",
  granularity: "daily",
  months: "3",
  history: "0",
  frequency: "1",
};

/** What the form means at `now`: history is cut where end and beginning would lie too far apart. */
export function grantOf(form: ConsentForm, grantee: string, now: number): Grant {
  const until = Math.min(addMonths(now, Number(form.months)), now + MAX_PERIOD_S);
  const from = now - Math.round(Number(form.history) * 30.5) * 86_400;
  return {
    participant: form.participant,
    grantee,
    purpose: form.purpose,
    imports: form.directions !== "exports",
    exports: form.directions !== "imports",
    granularity: form.granularity,
    frequency: Number(form.frequency),
    valid_from: Math.max(0, from, until - MAX_PERIOD_S),
    valid_until: until,
    request: 0,
  };
}

/** The community's purposes, and plain ones where it has named none. */
export function purposesOf(
  choices: ConsentChoices,
  { form }: ConsentsTexts,
): readonly { readonly code: string; readonly title: string; readonly text: string }[] {
  if (choices.purposes.length > 0) return choices.purposes;
  return Object.entries(form.purposes).map(([code, words]) => ({ code: codeBytes(code), ...words }));
}

/** A code of up to 32 ASCII characters as the 32 bytes that stand on the chain. */
export function codeBytes(code: string): string {
  const hex = Array.from(code, (letter) => letter.charCodeAt(0).toString(16).padStart(2, "0")).join("");
  return `0x${hex.padEnd(64, "0")}`;
}
