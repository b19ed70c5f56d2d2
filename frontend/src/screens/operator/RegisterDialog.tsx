/** A new member: the name stays off the network, the operator's wallet registers the account. */
import { useState } from "preact/hooks";
import { accountShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Field, Select } from "../../components/Field.js";
import { registerMember } from "../../flows/operator.js";
import { useTexts, useWords } from "../../texts/index.js";
import { OPERATOR } from "./words.js";

interface RegisterDialogProps {
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function RegisterDialog({ onClose, onDone }: RegisterDialogProps) {
  const app = useApp();
  const { members: words, refusals } = useWords(OPERATOR);
  const texts = useTexts();
  const { form, review } = words;
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [language, setLanguage] = useState("fr");
  const [wallet, setWallet] = useState("");
  const [errors, setErrors] = useState<{ readonly name?: string; readonly wallet?: string }>({});

  async function next(): Promise<void> {
    const accounts = await import("../../chain/accounts.js");
    const account = wallet.trim();
    const isAccount = accounts.isAccount(account);
    const named = name.trim();
    setErrors({ ...(!named && { name: form.nameMissing }), ...(!isAccount && { wallet: form.walletWrong }) });
    if (!named || !isAccount) return;
    onClose();
    const done = await registerMember(
      app,
      { name: named, email: email.trim() || null, language, wallet: account },
      {
        title: review.title,
        lines: [
          { label: review.name, value: named },
          { label: review.account, value: accountShown(account) },
        ],
        note: review.note,
        action: review.action,
      },
      refusals,
    );
    if (!done) return;
    app.toasts.show(words.done, "good");
    onDone();
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
    <Dialog title={words.register} onClose={onClose} actions={actions}>
      <div class="stack">
        <Field label={form.name} value={name} onInput={setName} error={errors.name} />
        <Field label={form.email} value={email} onInput={setEmail} />
        <Select
          label={form.language}
          value={language}
          options={Object.entries(form.languages).map(([value, label]) => ({ value, label }))}
          onChange={setLanguage}
        />
        <Field
          label={form.wallet}
          hint={form.walletHint}
          placeholder="0x…"
          value={wallet}
          onInput={setWallet}
          error={errors.wallet}
        />
      </div>
    </Dialog>
  );
}
