/** The words of this screen. */
import { energyEn } from "../../texts/energy.en.js";
import { energyFr } from "../../texts/energy.fr.js";

export const ENERGY_WORDS = { en: energyEn, fr: energyFr };
