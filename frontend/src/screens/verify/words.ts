/** The words of this screen, in both languages. */
import type { Catalogue } from "../../texts/index.js";
import { verifyEn, type VerifyTexts } from "../../texts/verify.en.js";
import { verifyFr } from "../../texts/verify.fr.js";

export const VERIFY: Catalogue<VerifyTexts> = { en: verifyEn, fr: verifyFr };
