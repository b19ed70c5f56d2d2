/** The form of a consent that nobody asked for; the review tells it again before the wallet opens. */
import { useState } from "preact/hooks";
import { consentChoices, type ConsentChoices } from "../../api/consents.js";
import { useApp, useCommunity } from "../../app/context.js";
import { show } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Field, Select } from "../../components/Field.js";
import { ResourceView } from "../../components/ResourceView.js";
import { grantConsent } from "../../flows/consents.js";
import { useTexts, useWords } from "../../texts/index.js";
import { FIRST_FORM, grantOf, OTHER, purposesOf, type ConsentForm } from "./form.js";
import { granteeTold, whatTold } from "./told.js";
import { CONSENTS } from "./words.js";

export interface GiveDialogProps {
  readonly onClose: () => void;
  readonly onGiven: () => void;
}

export function GiveDialog(props: GiveDialogProps) {
  const { http } = useApp();
  const words = useWords(CONSENTS);
  const resource = useResource("consents/choices", (abort) => consentChoices(http, abort));
  return (
    <ResourceView
      resource={resource}
      skeleton={
        <Dialog title={words.form.title} onClose={props.onClose}>
          <ResourceView resource={resource}>{() => null}</ResourceView>
        </Dialog>
      }
    >
      {(choices) => <Form choices={choices} {...props} />}
    </ResourceView>
  );
}

function Form({ choices, onClose, onGiven }: GiveDialogProps & { readonly choices: ConsentChoices }) {
  const app = useApp();
  const { zone } = useCommunity();
  const words = useWords(CONSENTS);
  const texts = useTexts();
  const { form: text, review } = words;
  const purposes = purposesOf(choices, words);
  const participants = app.session.me.value?.participants ?? [];
  const [form, setForm] = useState<ConsentForm>({
    ...FIRST_FORM,
    grantee: choices.third_parties[0]?.account ?? OTHER,
    participant: app.session.participant.value?.participant ?? 0,
    purpose: purposes[0]?.code ?? "",
  });
  const [error, setError] = useState<string | undefined>();
  const set = (change: Partial<ConsentForm>): void => {
    setForm({ ...form, ...change });
  };

  async function next(): Promise<void> {
    const account = form.grantee === OTHER ? form.account.trim() : form.grantee;
    const own = app.session.me.value?.wallet.toLowerCase();
    const { isAccount } = await import("../../chain/accounts.js");
    if (!isAccount(account)) {
      setError(text.accountWrong);
      return;
    }
    if (account.toLowerCase() === own) {
      setError(text.accountSelf);
      return;
    }
    const grant = grantOf(form, account, app.clock.now.value);
    const name = choices.third_parties.find((one) => one.account === account)?.name ?? null;
    onClose();
    const done = await grantConsent(app, grant, {
      title: review.give,
      lines: [
        { label: review.who, value: granteeTold({ grantee: account, grantee_name: name }) },
        { label: words.facts.what, value: whatTold(grant, words) },
        {
          label: words.facts.purpose,
          value: purposes.find(({ code }) => code === grant.purpose)?.title ?? grant.purpose,
        },
        {
          label: words.facts.until,
          value: show(grant.valid_until, zone, app.preferences.language.value, { dateStyle: "medium" }),
        },
        { label: words.facts.frequency, value: words.frequency(grant.frequency) },
      ],
      note: review.giveNote,
      action: review.giveAction,
    });
    if (!done) return;
    app.toasts.show(words.done.given, "good");
    onGiven();
  }

  const actions = (
    <>
      <Button look="plain" onClick={onClose}>
        {texts.review.cancel}
      </Button>
      <Button onClick={next}>{text.next}</Button>
    </>
  );
  return (
    <Dialog title={text.title} onClose={onClose} actions={actions}>
      <div class="stack">
        <Select
          label={text.who}
          hint={text.whoHint}
          value={form.grantee}
          options={[
            ...choices.third_parties.map((one) => ({
              value: one.account,
              label: granteeTold({ grantee: one.account, grantee_name: one.name }),
            })),
            { value: OTHER, label: text.other },
          ]}
          onChange={(grantee) => {
            set({ grantee });
          }}
        />
        {form.grantee === OTHER && (
          <Field
            label={text.account}
            placeholder="0x…"
            value={form.account}
            error={error}
            onInput={(account) => {
              set({ account });
            }}
          />
        )}
        {participants.length > 1 && (
          <Select
            label={text.point}
            value={String(form.participant)}
            options={participants.map((one) => ({ value: String(one.participant), label: one.label }))}
            onChange={(participant) => {
              set({ participant: Number(participant) });
            }}
          />
        )}
        <Select
          label={text.purpose}
          hint={purposes.find(({ code }) => code === form.purpose)?.text}
          value={form.purpose}
          options={purposes.map(({ code, title }) => ({ value: code, label: title }))}
          onChange={(purpose) => {
            set({ purpose });
          }}
        />
        <Select
          label={text.what}
          value={form.directions}
          options={options(words.directions)}
          onChange={(directions) => {
            set({ directions: directions as ConsentForm["directions"] });
          }}
        />
        <Select
          label={text.detail}
          value={form.granularity}
          options={options(words.granularity)}
          onChange={(granularity) => {
            set({ granularity });
          }}
        />
        <Select
          label={text.until}
          value={form.months}
          options={options(text.untilChoices)}
          onChange={(months) => {
            set({ months });
          }}
        />
        <Select
          label={text.history}
          value={form.history}
          options={options(text.historyChoices)}
          onChange={(history) => {
            set({ history });
          }}
        />
        <Select
          label={text.frequency}
          value={form.frequency}
          options={["1", "2", "3", "4"].map((value) => ({ value, label: words.frequency(Number(value)) }))}
          onChange={(frequency) => {
            set({ frequency });
          }}
        />
      </div>
    </Dialog>
  );
}

function options(words: Readonly<Record<string, string>>) {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}
