/** The words of this screen. */
import { homeEn } from "../../texts/home.en.js";
import { homeFr } from "../../texts/home.fr.js";

export const HOME_WORDS = { en: homeEn, fr: homeFr };
