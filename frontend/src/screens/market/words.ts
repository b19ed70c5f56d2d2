/** The words of this screen. */
import { marketEn } from "../../texts/market.en.js";
import { marketFr } from "../../texts/market.fr.js";

export const MARKET_WORDS = { en: marketEn, fr: marketFr };
