/** The words of these screens, in both languages. */
import type { Catalogue } from "../../texts/index.js";
import { operatorEn, type OperatorTexts } from "../../texts/operator.en.js";
import { operatorFr } from "../../texts/operator.fr.js";

export const OPERATOR: Catalogue<OperatorTexts> = { en: operatorEn, fr: operatorFr };
