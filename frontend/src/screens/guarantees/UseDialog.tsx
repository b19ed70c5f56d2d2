/** How much to use, for whom, what for and for which month; then the review tells it again before the wallet opens. */
import { useState } from "preact/hooks";
import type { Certificate } from "../../api/registry.js";
import { energyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { monthShown } from "../../app/time.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Field, Select } from "../../components/Field.js";
import { saveFile } from "../../components/saveFile.js";
import { cancelCertificates } from "../../flows/certificates.js";
import { useTexts, useWords } from "../../texts/index.js";
import { monthOf, monthSpan } from "./months.js";
import { useAmount } from "./useAmount.js";
import { GUARANTEES } from "./words.js";

export interface UseDialogProps {
  readonly certificates: readonly Certificate[];
  readonly onClose: () => void;
}

type Errors = Readonly<Partial<Record<"amount" | "forWhom" | "period", string>>>;

export function UseDialog({ certificates, onClose }: UseDialogProps) {
  const app = useApp();
  const { zone } = useCommunity();
  const language = app.preferences.language.value;
  const words = useWords(GUARANTEES);
  const texts = useTexts();
  const { form, review } = words;
  const amount = useAmount(certificates, (one) => one.cancellable_until);
  const [forWhom, setForWhom] = useState(app.session.me.value?.name ?? "");
  const [purpose, setPurpose] = useState<keyof typeof form.purposes>("own-use");
  const [month, setMonth] = useState(monthOf(app.clock.now.value, zone));
  const [errors, setErrors] = useState<Errors>({});

  async function next(): Promise<void> {
    const taken = amount.read();
    const beneficiary = forWhom.trim();
    const isMonth = /^\d{4}-(0[1-9]|1[0-2])$/.test(month);
    setErrors({
      ...("error" in taken && { amount: taken.error }),
      ...(beneficiary === "" && { forWhom: form.forWhomMissing }),
      ...(!isMonth && { period: form.periodWrong }),
    });
    if ("error" in taken || beneficiary === "" || !isMonth) return;
    const { from, to } = monthSpan(month, zone);
    const wh = taken.amountsWh.reduce((sum, one) => sum + one, 0);
    onClose();
    const outcome = await cancelCertificates(
      app,
      taken,
      { beneficiary, purpose, periodFrom: from, periodTo: to },
      {
        title: review.use,
        lines: [
          { label: review.energy, value: energyShown(wh, language) },
          { label: review.certificates, value: review.count(taken.ids.length) },
          { label: review.beneficiary, value: beneficiary },
          { label: review.purpose, value: form.purposes[purpose] },
          { label: review.period, value: monthShown(from, zone, language) },
        ],
        note: review.useNote,
        action: review.useAction,
        grave: true,
      },
    );
    if (!outcome) return;
    saveFile({ blob: outcome.file, name: `watt-statement-${month}.json` });
    app.toasts.show(words.done.used, "good");
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
    <Dialog title={form.useTitle} onClose={onClose} actions={actions}>
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
          label={form.forWhom}
          hint={form.forWhomHint}
          error={errors.forWhom}
          value={forWhom}
          onInput={setForWhom}
        />
        <Select
          label={form.purpose}
          value={purpose}
          options={Object.entries(form.purposes).map(([value, label]) => ({ value, label }))}
          onChange={(value) => {
            setPurpose(value as keyof typeof form.purposes);
          }}
        />
        <Field label={form.period} type="month" error={errors.period} value={month} onInput={setMonth} />
      </div>
    </Dialog>
  );
}
