/** How much to take, of what is loaded: the field and what it means. */
import { useState } from "preact/hooks";
import type { Certificate } from "../../api/registry.js";
import { energyShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import { allocate, mostAtOnce, type Allocation, type Held } from "../../domain/allocation.js";
import { parseKwh } from "../../domain/decimals.js";
import { decimalText } from "../../formatting.js";
import { useWords } from "../../texts/index.js";
import { GUARANTEES } from "./words.js";

export interface AmountField {
  readonly text: string;
  readonly hint: string;
  readonly set: (text: string) => void;
  /** The certificates to take, or what is wrong with what was typed. */
  read(): Allocation | { readonly error: string };
}

/** `until`: the deadline of what is to be done. */
export function useAmount(certificates: readonly Certificate[], until: (one: Certificate) => number): AmountField {
  const { clock, preferences } = useApp();
  const language = preferences.language.value;
  const { form } = useWords(GUARANTEES);
  const held: Held[] = certificates.map((one) => ({ id: one.id, held_wh: one.held_wh, until: until(one) }));
  const most = mostAtOnce(held, clock.now.value);
  const [text, set] = useState(decimalText(most, 3, language));
  return {
    text,
    set,
    hint: form.amountHint(energyShown(most, language)),
    read() {
      const wanted = parseKwh(text);
      if (wanted === undefined) return { error: form.amountWrong };
      const taken = allocate(held, wanted, clock.now.value);
      return taken.shortWh > 0 ? { error: form.amountTooMuch(energyShown(most, language)) } : taken;
    },
  };
}
