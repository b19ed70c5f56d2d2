/** A metering point that is to join, or a key to be replaced: from the code that the box shows. */
import { useState } from "preact/hooks";
import { enrolCode, members } from "../../api/operator.js";
import { useApp, useCommunity } from "../../app/context.js";
import { addDays, dayOf, startOfDay } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Banner } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Dialog } from "../../components/Dialog.js";
import { Field, Select } from "../../components/Field.js";
import { failureText } from "../../flows/failureText.js";
import { useTexts, useWords } from "../../texts/index.js";
import { enrolmentOf, replacesKey, type EnrolForm } from "./enrolForm.js";
import { OPERATOR } from "./words.js";

interface EnrolDialogProps {
  readonly onClose: () => void;
  readonly onBegun: () => void;
}

export function EnrolDialog({ onClose, onBegun }: EnrolDialogProps) {
  const app = useApp();
  const { zone, interval_minutes: minutes } = useCommunity();
  const texts = useTexts();
  const { enrolments: words, members: memberWords } = useWords(OPERATOR);
  const { form } = words;
  const people = useResource("operator/members", (abort) => members(app.http, abort));
  const tomorrow = addDays(dayOf(app.clock.now.value, zone), 1);
  const [typed, setTyped] = useState<EnrolForm>({
    code: "",
    member: "",
    label: "",
    prm: "",
    address: "",
    basis: "net",
    source: "gateway",
    importKw: "9",
    exportKw: "0",
    day: tomorrow,
  });
  const [wrong, setWrong] = useState<readonly (keyof EnrolForm)[]>([]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const change = (part: Partial<EnrolForm>): void => {
    setTyped({ ...typed, ...part });
  };

  async function begin(): Promise<void> {
    const read = enrolmentOf(typed, (day) => Math.ceil(startOfDay(day, zone) / (minutes * 60)));
    setWrong(read.wrong);
    if (!read.enrolment) return;
    setBusy(true);
    setFailure(undefined);
    try {
      await enrolCode(app.http, read.enrolment);
      app.toasts.show(words.brought, "good");
      onClose();
      onBegun();
    } catch (error) {
      setFailure(error);
      setBusy(false);
    }
  }

  const field = (name: "code" | "label" | "prm" | "address" | "importKw" | "exportKw" | "day") => ({
    label: form[name],
    value: typed[name],
    error: wrong.includes(name) ? form.wrong[name] : undefined,
    onInput: (value: string) => {
      change({ [name]: value });
    },
  });
  const choices = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).map(([value, label]) => ({ value, label }));
  const owners = (people.data?.members ?? []).filter(({ active }) => active);
  const actions = (
    <>
      <Button look="plain" disabled={busy} onClick={onClose}>
        {texts.review.cancel}
      </Button>
      <Button disabled={busy} onClick={begin}>
        {form.action}
      </Button>
    </>
  );
  return (
    <Dialog title={words.begin} onClose={onClose} actions={actions}>
      <div class="stack">
        <Field {...field("code")} hint={form.codeHint} placeholder="watt-enrol:1?…" />
        {replacesKey(typed.code) ? (
          <p class="quiet">{form.replaces}</p>
        ) : (
          <>
            <Select
              label={form.member}
              value={typed.member}
              error={wrong.includes("member") ? form.wrong.member : undefined}
              options={[
                { value: "", label: form.choose },
                ...owners.map(({ member, name }) => ({ value: String(member), label: `${member} ${name ?? ""}` })),
              ]}
              onChange={(member) => {
                change({ member });
              }}
            />
            <Field {...field("label")} hint={form.labelHint} />
            <Field {...field("prm")} inputMode="numeric" hint={form.offChain} />
            <Field {...field("address")} hint={form.offChain} />
            <Select
              label={words.basis}
              value={typed.basis}
              options={choices(words.bases)}
              onChange={(basis) => {
                change({ basis: basis === "gross" ? "gross" : "net" });
              }}
            />
            <Field {...field("importKw")} unit="kW" inputMode="decimal" />
            <Field {...field("exportKw")} unit="kW" inputMode="decimal" />
          </>
        )}
        <Select
          label={memberWords.source}
          value={typed.source}
          options={choices(memberWords.sources)}
          onChange={(source) => {
            change({ source: source as EnrolForm["source"] });
          }}
        />
        <Field {...field("day")} type="date" hint={form.dayHint} />
        {failure !== undefined && (
          <Banner icon="alert" tone="bad">
            {failureText(failure, app, texts)}
          </Banner>
        )}
      </div>
    </Dialog>
  );
}
