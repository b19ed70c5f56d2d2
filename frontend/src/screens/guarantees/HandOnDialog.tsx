/** How much to hand on, and to whom; the wallet itself sends it. */
import { useState } from "preact/hooks";
import type { Address } from "viem";
import type { Certificate } from "../../api/registry.js";
import { accountShown, energyShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Field } from "../../components/Field.js";
import { handOn } from "../../flows/certificates.js";
import { useTexts, useWords } from "../../texts/index.js";
import { useAmount } from "./useAmount.js";
import type { UseDialogProps } from "./UseDialog.js";
import { GUARANTEES } from "./words.js";

type Errors = Readonly<Partial<Record<"amount" | "receiver", string>>>;

export function HandOnDialog({ certificates, onClose }: UseDialogProps) {
  const app = useApp();
  const language = app.preferences.language.value;
  const words = useWords(GUARANTEES);
  const texts = useTexts();
  const { form, review } = words;
  const amount = useAmount(certificates, (one: Certificate) => one.transferable_until);
  const [receiver, setReceiver] = useState("");
  const [errors, setErrors] = useState<Errors>({});

  async function next(): Promise<void> {
    const { isAccount } = await import("../../chain/accounts.js");
    const taken = amount.read();
    const account = receiver.trim();
    const wrong = isAccount(account) ? receiverError(account) : form.receiverWrong;
    setErrors({ ...("error" in taken && { amount: taken.error }), ...(wrong !== undefined && { receiver: wrong }) });
    if ("error" in taken || wrong !== undefined) return;
    const wh = taken.amountsWh.reduce((sum, one) => sum + one, 0);
    onClose();
    const done = await handOn(
      app,
      taken,
      account as Address,
      {
        title: review.handOn,
        lines: [
          { label: review.energy, value: energyShown(wh, language) },
          { label: review.certificates, value: review.count(taken.ids.length) },
          { label: review.receiver, value: accountShown(account) },
        ],
        note: review.handOnNote,
        action: review.handOnAction,
        grave: true,
      },
      words.refusals,
    );
    if (done) app.toasts.show(words.done.handedOn, "good");
  }

  function receiverError(account: string): string | undefined {
    return account.toLowerCase() === app.session.me.value?.wallet.toLowerCase() ? form.receiverSelf : undefined;
  }

  const actions = (
    <>
      <Button look="plain" onClick={onClose}>
        {texts.review.cancel}
      </Button>
      <Button onClick={next}>{form.next}</Button>
    </>
  );
  return (
    <Dialog title={form.handOnTitle} onClose={onClose} actions={actions}>
      <div class="stack">
        <Field
          label={form.amount}
          unit="kWh"
          inputMode="decimal"
          hint={amount.hint}
          error={errors.amount}
          value={amount.text}
          onInput={amount.set}
        />
        <Field
          label={form.receiver}
          hint={form.receiverHint}
          error={errors.receiver}
          placeholder="0x…"
          value={receiver}
          onInput={setReceiver}
        />
      </div>
    </Dialog>
  );
}
