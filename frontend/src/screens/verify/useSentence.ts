/** Sentences of a proof file's check in the reader's language. */
import { useApp } from "../../app/context.js";
import type { Say } from "../../domain/proof/say.js";
import { sentence, type ProofWords } from "../../texts/proofSaid.js";
import { verifyProofEn } from "../../texts/verify.proof.en.js";
import { verifyProofFr } from "../../texts/verify.proof.fr.js";
import type { Language } from "../../formatting.js";

const WORDS: Readonly<Record<Language, ProofWords>> = { en: verifyProofEn, fr: verifyProofFr };

/** A function that makes a whole sentence of a code: a capital first, a full stop last. */
export function useSentence(): (...parts: readonly Say[]) => string {
  const language = useApp().preferences.language.value;
  return (...parts) => {
    const text = parts.map((part) => sentence(part, WORDS[language], language)).join(" ");
    return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
  };
}
