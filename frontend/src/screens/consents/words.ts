/** The words of this screen, in both languages. */
import { consentsEn, type ConsentsTexts } from "../../texts/consents.en.js";
import { consentsFr } from "../../texts/consents.fr.js";
import type { Catalogue } from "../../texts/index.js";

export const CONSENTS: Catalogue<ConsentsTexts> = { en: consentsEn, fr: consentsFr };
