/** The words of the pages: one catalogue a language, the same keys in both. */
import { useApp } from "../app/context.js";
import type { Language } from "../formatting.js";
import { en, type Texts } from "./en.js";
import { fr } from "./fr.js";

export type { Texts } from "./en.js";

/** Both languages of one catalogue. A screen's own: `{ en: marketEn, fr: marketFr }`. */
export type Catalogue<Words> = Readonly<Record<Language, Words>>;

export const COMMON: Catalogue<Texts> = { en, fr };

/** The words of `catalogue` in the reader's language. */
export function useWords<Words>(catalogue: Catalogue<Words>): Words {
  return catalogue[useApp().preferences.language.value];
}

/** The words that all screens share. */
export function useTexts(): Texts {
  return useWords(COMMON);
}
