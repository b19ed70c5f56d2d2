/** From when a band counts: every day from a time on, or in hours of certain days. */
import { useState } from "preact/hooks";
import type { Band } from "../../chain/registryReads.js";
import { priceShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { addDays, dayOf, dayShown, momentShown, startOfDay } from "../../app/time.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Field, Select } from "../../components/Field.js";
import { sendReviewed } from "../../flows/operator.js";
import { useWords } from "../../texts/index.js";
import { hourOf, hoursAsBands } from "./schedule.js";
import { OPERATOR } from "./words.js";

interface DateBandsProps {
  readonly bands: readonly Band[];
  readonly onDone: () => void;
}

export function DateBands(props: DateBandsProps) {
  return (
    <div class="grid grid-2">
      <DefaultBand {...props} />
      <HoursBand {...props} />
    </div>
  );
}

function useBandField(bands: readonly Band[]) {
  const language = useApp().preferences.language.value;
  const words = useWords(OPERATOR).tariffs;
  const [band, setBand] = useState(String(bands[0]?.band ?? ""));
  const nameOf = (one: Band): string =>
    `${words.bandOf(one.band)}: ${priceShown(one.retail, language)} / ${priceShown(one.feedIn, language)}`;
  const chosen = bands.find((one) => String(one.band) === band);
  return {
    number: Number(band),
    shown: chosen ? nameOf(chosen) : "",
    field: (
      <Select
        label={words.band}
        value={band}
        options={bands.map((one) => ({ value: String(one.band), label: nameOf(one) }))}
        onChange={setBand}
      />
    ),
  };
}

function DefaultBand({ bands, onDone }: DateBandsProps) {
  const app = useApp();
  const { zone, interval_minutes: minutes } = useCommunity();
  const { tariffs: words, refusals } = useWords(OPERATOR);
  const band = useBandField(bands);
  const tomorrow = addDays(dayOf(app.clock.now.value, zone), 1);
  const [day, setDay] = useState(tomorrow);
  const [error, setError] = useState<string | undefined>();

  async function set(): Promise<void> {
    const from = /^\d{4}-\d{2}-\d{2}$/.test(day) ? startOfDay(day, zone) : 0;
    const late = from <= app.clock.now.value;
    setError(late ? words.fromWrong : undefined);
    if (late) return;
    const language = app.preferences.language.value;
    const done = await sendReviewed(
      app,
      (calls) => calls.defaultBandCall(band.number, Math.floor(from / (minutes * 60))),
      {
        title: words.review.setDefault,
        lines: [
          { label: words.band, value: band.shown },
          { label: words.from, value: momentShown(from, zone, language) },
        ],
        action: words.review.action,
      },
      refusals,
    );
    if (!done) return;
    app.toasts.show(words.done, "good");
    onDone();
  }

  return (
    <Card title={words.default}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void set();
        }}
      >
        <p class="quiet">{words.defaultText}</p>
        {band.field}
        <Field label={words.from} type="date" min={tomorrow} value={day} onInput={setDay} error={error} />
        <div>
          <Button type="submit">{words.setDefault}</Button>
        </div>
      </form>
    </Card>
  );
}

function HoursBand({ bands, onDone }: DateBandsProps) {
  const app = useApp();
  const { zone, interval_minutes: minutes } = useCommunity();
  const { tariffs: words, refusals } = useWords(OPERATOR);
  const band = useBandField(bands);
  const tomorrow = addDays(dayOf(app.clock.now.value, zone), 1);
  const [days, setDays] = useState({ first: tomorrow, last: addDays(tomorrow, 6) });
  const [hours, setHours] = useState({ from: "22", to: "6" });
  const [errors, setErrors] = useState<{ readonly days?: string; readonly hours?: string }>({});

  async function set(): Promise<void> {
    const [from, to] = [hourOf(hours.from), hourOf(hours.to)];
    const timely = days.first >= tomorrow;
    const good = from !== undefined && to !== undefined && from !== to;
    const found =
      good && timely
        ? hoursAsBands(band.number, { firstDay: days.first, lastDay: days.last, from, to }, zone, minutes)
        : undefined;
    setErrors({
      ...(!good && { hours: words.hoursWrong }),
      ...(good && found === undefined && { days: words.daysWrong }),
    });
    if (!found) return;
    const language = app.preferences.language.value;
    const dayText = (day: string): string => dayShown(startOfDay(day, zone, 12), zone, language);
    const done = await sendReviewed(
      app,
      (calls) => calls.scheduleCall(found.firstInterval, found.bands),
      {
        title: words.review.schedule,
        lines: [
          { label: words.band, value: band.shown },
          { label: words.review.days, value: `${dayText(days.first)} – ${dayText(days.last)}` },
          { label: words.review.hours, value: `${hours.from} h – ${hours.to} h` },
        ],
        note: words.scheduleText,
        action: words.review.action,
      },
      refusals,
    );
    if (!done) return;
    app.toasts.show(words.done, "good");
    onDone();
  }

  return (
    <Card title={words.schedule}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void set();
        }}
      >
        <p class="quiet">{words.scheduleText}</p>
        {band.field}
        <div class="form-row">
          <Field
            label={words.firstDay}
            type="date"
            min={tomorrow}
            value={days.first}
            error={errors.days}
            onInput={(first) => {
              setDays({ ...days, first });
            }}
          />
          <Field
            label={words.lastDay}
            type="date"
            min={days.first}
            value={days.last}
            onInput={(last) => {
              setDays({ ...days, last });
            }}
          />
        </div>
        <div class="form-row">
          <Field
            label={words.fromHour}
            inputMode="numeric"
            value={hours.from}
            error={errors.hours}
            onInput={(from) => {
              setHours({ ...hours, from });
            }}
          />
          <Field
            label={words.toHour}
            inputMode="numeric"
            value={hours.to}
            onInput={(to) => {
              setHours({ ...hours, to });
            }}
          />
        </div>
        <div>
          <Button type="submit">{words.set}</Button>
        </div>
      </form>
    </Card>
  );
}
