/** A new offer in its partner's words; then the review tells it again before the wallet opens. */
import { useState } from "preact/hooks";
import { pointsShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { addDays, dayOf, show, startOfDay } from "../../app/time.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Field } from "../../components/Field.js";
import { publishOffer } from "../../flows/ecopoints.js";
import { useTexts, useWords } from "../../texts/index.js";
import { offerOf, type OfferForm } from "./offerForm.js";
import { ECOPOINTS } from "./words.js";

const USUAL_DAYS = 90;

interface OfferDialogProps {
  readonly onClose: () => void;
  readonly onPublished: () => void;
}

export function OfferDialog({ onClose, onPublished }: OfferDialogProps) {
  const app = useApp();
  const { zone } = useCommunity();
  const language = app.preferences.language.value;
  const { desk: words, refusals } = useWords(ECOPOINTS);
  const texts = useTexts();
  const { form, review } = words;
  const today = dayOf(app.clock.now.value, zone);
  const [typed, setTyped] = useState<OfferForm>({
    title: "",
    text: "",
    price: "",
    stock: "10",
    until: addDays(today, USUAL_DAYS),
  });
  const [wrong, setWrong] = useState<readonly (keyof OfferForm)[]>([]);

  async function next(): Promise<void> {
    const read = offerOf(typed, app.clock.now.value, (day) => startOfDay(addDays(day, 1), zone));
    setWrong(read.wrong);
    if (!read.offer) return;
    const { offer } = read;
    onClose();
    const done = await publishOffer(
      app,
      offer,
      {
        title: review.publish,
        lines: [
          { label: words.offer, value: offer.title },
          { label: form.text, value: offer.text },
          { label: form.price, value: `${pointsShown(offer.priceMpt, language)} ${form.unit}` },
          { label: form.stock, value: String(offer.stock) },
          { label: form.until, value: show(offer.validUntil - 1, zone, language, { dateStyle: "medium" }) },
        ],
        note: review.publishNote,
        action: review.publishAction,
      },
      refusals,
    );
    if (!done) return;
    app.toasts.show(words.published, "good");
    onPublished();
  }

  const field = (name: keyof OfferForm, error: string) => ({
    value: typed[name],
    error: wrong.includes(name) ? error : undefined,
    onInput: (text: string) => {
      setTyped({ ...typed, [name]: text });
    },
  });
  const actions = (
    <>
      <Button look="plain" onClick={onClose}>
        {texts.review.cancel}
      </Button>
      <Button onClick={next}>{form.next}</Button>
    </>
  );
  return (
    <Dialog title={words.publish} onClose={onClose} actions={actions}>
      <div class="stack">
        <Field label={form.title} {...field("title", form.titleMissing)} />
        <Field label={form.text} hint={form.textHint} {...field("text", form.textMissing)} />
        <Field label={form.price} unit={form.unit} inputMode="numeric" {...field("price", form.priceWrong)} />
        <Field label={form.stock} inputMode="numeric" {...field("stock", form.stockWrong)} />
        <Field label={form.until} hint={form.untilHint} type="date" min={today} {...field("until", form.untilWrong)} />
      </div>
    </Dialog>
  );
}
