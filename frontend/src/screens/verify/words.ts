/** The words of this screen, in both languages. */
import type { Catalogue } from "../../texts/index.js";
import { verifyClaimEn, type VerifyClaimTexts } from "../../texts/verify.claim.en.js";
import { verifyClaimFr } from "../../texts/verify.claim.fr.js";
import { verifyEn, type VerifyTexts } from "../../texts/verify.en.js";
import { verifyFr } from "../../texts/verify.fr.js";

export const VERIFY: Catalogue<VerifyTexts> = { en: verifyEn, fr: verifyFr };
export const VERIFY_CLAIM: Catalogue<VerifyClaimTexts> = { en: verifyClaimEn, fr: verifyClaimFr };
