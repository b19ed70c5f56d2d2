/** The words of this screen, in both languages. */
import type { Community } from "../../api/types.js";
import { exportsEn, type ExportsTexts } from "../../texts/exports.en.js";
import { exportsFr } from "../../texts/exports.fr.js";
import { guaranteesEn, type GuaranteesTexts } from "../../texts/guarantees.en.js";
import { guaranteesFr } from "../../texts/guarantees.fr.js";
import type { Catalogue } from "../../texts/index.js";

export const GUARANTEES: Catalogue<GuaranteesTexts> = { en: guaranteesEn, fr: guaranteesFr };
export const EXPORTS: Catalogue<ExportsTexts> = { en: exportsEn, fr: exportsFr };

/** What certificates may be called here: the law's word only where the law says so. */
export function certificateWords({ certificate_word: word }: Community, words: GuaranteesTexts) {
  return words.words[word] ?? words.words["community_certificate"] ?? { title: "", lead: "" };
}
