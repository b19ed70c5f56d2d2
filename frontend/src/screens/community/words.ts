/** The words of this screen, in both languages. */
import { communityEn, type CommunityTexts } from "../../texts/community.en.js";
import { communityFr } from "../../texts/community.fr.js";
import type { Catalogue } from "../../texts/index.js";

export const COMMUNITY: Catalogue<CommunityTexts> = { en: communityEn, fr: communityFr };
