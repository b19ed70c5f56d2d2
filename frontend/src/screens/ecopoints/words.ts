/** The words of this screen, in both languages. */
import { ecopointsEn, type EcopointsTexts } from "../../texts/ecopoints.en.js";
import { ecopointsFr } from "../../texts/ecopoints.fr.js";
import type { Catalogue } from "../../texts/index.js";

export const ECOPOINTS: Catalogue<EcopointsTexts> = { en: ecopointsEn, fr: ecopointsFr };
