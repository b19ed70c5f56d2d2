/** The form of a bid, as a person thinks: buy below, sell above, at most, until. */
import { useId, useState } from "preact/hooks";
import type { Orders } from "../../api/types.js";
import { priceShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { addDays, dayOf, weekdayOf } from "../../app/time.js";
import { useParticipant } from "../../app/useParticipant.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Field } from "../../components/Field.js";
import { ChoiceGroup } from "../../components/Tabs.js";
import { orderOf, type BidField, type BidForm, type BidMistake } from "../../flows/bidForm.js";
import { signingDeadline } from "../../flows/deadline.js";
import { placeOrder } from "../../flows/placeOrder.js";
import { formOf } from "./formOf.js";
import { priceNow, useGridPrices, useOrderWords } from "./useMarket.js";

export interface BidDialogProps {
  readonly orders: Orders;
  readonly onClose: () => void;
  readonly onPlaced: () => void;
}

export function BidDialog({ orders, onClose, onPlaced }: BidDialogProps) {
  const app = useApp();
  const formId = useId();
  const { zone } = useCommunity();
  const { participant } = useParticipant();
  const context = useOrderWords(orders.first_open_interval);
  const { words, language, length, sells } = context;
  const [form, setForm] = useState<BidForm>(() => formOf(orders.in_force?.order, language));
  const [mistakes, setMistakes] = useState<Readonly<Partial<Record<BidField, BidMistake>>>>({});
  const prices = priceNow(useGridPrices().data, app.clock.now.value, length);
  const set = (change: Partial<BidForm>): void => {
    setForm({ ...form, ...change });
    setMistakes({});
  };
  const mistake = (field: BidField): string | undefined => {
    const found = mistakes[field];
    return found && words.form.mistakes[found];
  };

  async function submit(): Promise<void> {
    const result = orderOf(form, {
      participant,
      sells,
      zone,
      length,
      nonce: orders.next_nonce,
      firstOpenInterval: orders.first_open_interval,
      deadline: signingDeadline(app),
    });
    if (!result.order) {
      setMistakes(result.mistakes);
      return;
    }
    onClose();
    const outcome = await placeOrder(app, result.order, context);
    if (!outcome) return;
    app.toasts.show(outcome.state === "done" ? words.place.done : words.place.later, "good");
    onPlaced();
  }

  const actions = (
    <>
      <Button look="plain" onClick={onClose}>
        {words.form.close}
      </Button>
      <Button type="submit" form={formId}>
        {words.form.submit}
      </Button>
    </>
  );
  return (
    <Dialog title={words.form.title} onClose={onClose} actions={actions}>
      <form
        id={formId}
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <ChoiceGroup
          label={words.form.mode}
          value={form.mode}
          choices={[
            { value: "prices", label: words.form.modes.prices },
            { value: "automatic", label: words.form.modes.automatic },
          ]}
          onChange={(mode) => {
            set({ mode });
          }}
        />
        {form.mode === "automatic" ? (
          <p class="quiet">{words.form.automatic}</p>
        ) : (
          <div class="fields">
            <Field
              label={words.form.buy}
              unit="c€/kWh"
              inputMode="decimal"
              value={form.buy}
              error={mistake("buy")}
              hint={prices && words.form.buyHint(priceShown(prices.retail, language))}
              onInput={(buy) => {
                set({ buy });
              }}
            />
            {sells && (
              <Field
                label={words.form.sell}
                unit="c€/kWh"
                inputMode="decimal"
                value={form.sell}
                error={mistake("sell")}
                hint={prices && words.form.sellHint(priceShown(prices.feed_in, language))}
                onInput={(sell) => {
                  set({ sell });
                }}
              />
            )}
          </div>
        )}
        <Amounts form={form} set={set} mistake={mistake} sells={sells} context={context} />
        <Times form={form} set={set} mistake={mistake} today={dayOf(app.clock.now.value, zone)} context={context} />
      </form>
    </Dialog>
  );
}

interface PartProps {
  readonly form: BidForm;
  readonly set: (change: Partial<BidForm>) => void;
  readonly mistake: (field: BidField) => string | undefined;
  readonly context: ReturnType<typeof useOrderWords>;
}

function Amounts({ form, set, mistake, sells, context }: PartProps & { readonly sells: boolean }) {
  const { words, minutes } = context;
  return (
    <div class="fields">
      <Field
        label={words.form.buyCap}
        unit="kWh"
        inputMode="decimal"
        value={form.buyCap}
        error={mistake("buyCap")}
        hint={words.form.capHint(minutes)}
        onInput={(buyCap) => {
          set({ buyCap });
        }}
      />
      {sells && (
        <Field
          label={words.form.sellCap}
          unit="kWh"
          inputMode="decimal"
          value={form.sellCap}
          error={mistake("sellCap")}
          hint={words.form.capHint(minutes)}
          onInput={(sellCap) => {
            set({ sellCap });
          }}
        />
      )}
    </div>
  );
}

function Times({ form, set, mistake, today, context }: PartProps & { readonly today: string }) {
  const { words } = context;
  const sunday = addDays(today, 6 - weekdayOf(today));
  return (
    <>
      <div class="field">
        <span class="field-label">{words.form.start}</span>
        <ChoiceGroup
          label={words.form.start}
          value={form.start}
          choices={[
            { value: "now", label: words.form.starts.now },
            { value: "later", label: words.form.starts.later },
          ]}
          onChange={(start) => {
            set({ start, from: form.from || `${addDays(today, 1)}T00:00` });
          }}
        />
      </div>
      {form.start === "later" && (
        <Field
          label={words.form.from}
          type="datetime-local"
          value={form.from}
          error={mistake("from")}
          onInput={(from) => {
            set({ from });
          }}
        />
      )}
      <div class="field">
        <span class="field-label">{words.form.end}</span>
        <ChoiceGroup
          label={words.form.end}
          value={form.end}
          choices={[
            { value: "open", label: words.form.ends.open },
            { value: "date", label: words.form.ends.date },
          ]}
          onChange={(end) => {
            set({ end, until: form.until || sunday });
          }}
        />
      </div>
      {form.end === "date" && (
        <Field
          label={words.form.until}
          type="date"
          value={form.until}
          min={today}
          error={mistake("until")}
          hint={words.form.untilHint}
          onInput={(until) => {
            set({ until });
          }}
        />
      )}
    </>
  );
}
