/** The words of these screens. */
import { accountEn } from "../../texts/account.en.js";
import { accountFr } from "../../texts/account.fr.js";

export const ACCOUNT_WORDS = { en: accountEn, fr: accountFr };
