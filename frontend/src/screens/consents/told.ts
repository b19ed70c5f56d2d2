/** A consent in the reader's words. */
import type { Consent } from "../../api/consents.js";
import { accountShown } from "../../app/amounts.js";
import type { ConsentsTexts } from "../../texts/consents.en.js";

type Named = Pick<Consent, "grantee" | "grantee_name">;
type Read = Pick<Consent, "imports" | "exports" | "granularity">;
type Meant = Pick<Consent, "purpose_title" | "purpose">;

export function granteeTold({ grantee, grantee_name: name }: Named): string {
  return name ? `${name} (${accountShown(grantee)})` : accountShown(grantee);
}

export function whatTold({ imports, exports, granularity }: Read, words: ConsentsTexts): string {
  const directions = words.directions[imports && exports ? "both" : exports ? "exports" : "imports"];
  return words.what(directions, words.granularity[granularity] ?? granularity);
}

export function purposeTold({ purpose_title: title, purpose }: Meant, words: ConsentsTexts): string {
  const known = words.form.purposes[title as keyof typeof words.form.purposes] as { title: string } | undefined;
  return known?.title ?? title ?? `${purpose.slice(0, 10)}…`;
}
