/** The month's target: the alert, how it goes day by day, what it will come to, and one piece of advice. */
import type { ComponentChildren } from "preact";
import type { TargetProgress } from "../../api/registry.js";
import {
  energyShown,
  moneyShown,
  percentOf,
  percentShown,
  pointsShown,
  powerShown,
  priceShown,
} from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { hrefOf } from "../../app/router.js";
import { dayShown, show } from "../../app/time.js";
import { ButtonLink } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { StepLines } from "../../components/charts/StepLines.js";
import { AsTable } from "../../components/DataTable.js";
import { Icon } from "../../components/Icon.js";
import { Meter } from "../../components/Meter.js";
import { Stat } from "../../components/Stat.js";
import { decimalText } from "../../formatting.js";
import { useTexts, useWords } from "../../texts/index.js";
import { ECOPOINTS } from "./words.js";

const TONES: Readonly<Record<string, "good" | "warn" | "bad">> = { on_course: "good", close: "warn", above: "bad" };

interface Props {
  readonly progress: TargetProgress;
}

/** `aside`: what stands beside the progress, before the advice. */
export function TargetSection({ progress, aside }: Props & { readonly aside: ComponentChildren }) {
  return (
    <>
      <Alert progress={progress} />
      <div class="grid grid-main">
        <Progress progress={progress} />
        <div class="stack">
          {aside}
          <Advice progress={progress} />
          <Formula progress={progress} />
        </div>
      </div>
    </>
  );
}

function Alert({ progress: { target } }: Props) {
  const words = useWords(ECOPOINTS);
  const said = words.alerts[target.alert ?? ""];
  if (!said) return null;
  return (
    <section class="alert-card" data-tone={TONES[target.alert ?? ""]} role="status">
      <Icon name={target.alert === "on_course" ? "check" : "alert"} />
      <div>
        <h2>{said.title}</h2>
        <p>{said.text}</p>
      </div>
    </section>
  );
}

function Progress({ progress }: Props) {
  const { preferences, clock } = useApp();
  const language = preferences.language.value;
  const words = useWords(ECOPOINTS);
  const { target } = progress;
  const text = words.usedOf(energyShown(target.used_wh, language), energyShown(target.target_wh, language));
  const daysLeft = Math.max(0, Math.ceil((target.end - clock.now.value) / 86_400));
  const bill = BigInt(progress.forecast_bill_neur);
  const alone = BigInt(progress.forecast_grid_only_neur);
  return (
    <Card title={words.target} aside={<span class="small quiet">{words.days(daysLeft)}</span>}>
      <div class="stack">
        <div class="stack-tight">
          <strong class="num">{text}</strong>
          <Meter
            label={words.target}
            value={target.used_wh}
            most={target.target_wh}
            text={text}
            tone={TONES[target.alert ?? ""] ?? "good"}
          />
        </div>
        <div class="stats">
          <Stat
            label={words.forecast}
            value={energyShown(target.forecast_wh, language)}
            note={words.forecastNote(pointsShown(target.forecast_points_mpt, language))}
          />
          <Stat
            label={bill < 0n ? words.billEarns : words.bill}
            value={moneyShown(bill < 0n ? -bill : bill, language)}
            note={
              alone < 0n
                ? words.billNoteEarns(moneyShown(-alone, language))
                : words.billNote(moneyShown(alone, language))
            }
          />
        </div>
        <DayChart progress={progress} />
        {target.missing_intervals > 0 && <p class="small quiet">{words.missing(target.missing_intervals)}</p>}
      </div>
    </Card>
  );
}

function DayChart({ progress: { days } }: Props) {
  const { preferences, clock } = useApp();
  const language = preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(ECOPOINTS);
  const units = useTexts().units;
  const now = clock.now.value;
  const wh = (value: number): string => energyShown(value, language);
  const past = days.filter(({ start }) => start <= now);
  return (
    <div class="stack-tight">
      <h3>{words.chart}</h3>
      <StepLines
        label={words.chart}
        hint={words.chartHint}
        unit={units.kwh}
        amount={wh}
        tick={(value) => decimalText(Math.round(value), 3, language)}
        nowAt={past.length < days.length && past.length > 0 ? past.length - 1 : undefined}
        nowLabel={words.today}
        series={[
          { label: words.usedSoFar, colour: "--flow-local" },
          { label: words.allowed, colour: "--flow-grid" },
        ]}
        points={days.map((day) => ({
          key: day.start,
          label: show(day.start, zone, language, { day: "numeric" }),
          title: dayShown(day.start, zone, language),
          values: [day.start <= now ? day.total_wh : undefined, day.allowed_wh],
        }))}
      />
      <AsTable
        caption={words.chart}
        rows={past}
        keyOf={(day) => day.start}
        columns={[
          { title: words.day, cell: (day) => dayShown(day.start, zone, language) },
          { title: words.usedDay, numeric: true, cell: (day) => wh(day.used_wh) },
          { title: words.usedSoFar, numeric: true, cell: (day) => wh(day.total_wh) },
          { title: words.allowed, numeric: true, cell: (day) => wh(day.allowed_wh) },
        ]}
      />
    </div>
  );
}

function Advice({ progress: { advice, advice_values: values } }: Props) {
  const language = useApp().preferences.language.value;
  const words = useWords(ECOPOINTS);
  const say = words.advice[advice] ?? words.advice["keep_going"];
  const text = say?.(values, {
    power: (w = 0) => powerShown(w, language),
    energy: (wh = 0) => energyShown(wh, language),
    price: (price = 0) => priceShown(price, language),
    percent: (ppm = 0) => percentShown(percentOf(ppm, 1_000_000) ?? 0, language),
  });
  const aboutPrices = advice === "raise_buy" || advice === "lower_sell" || advice === "raise_sell";
  return (
    <Card title={words.adviceTitle}>
      <div class="stack">
        <p class="advice">
          <Icon name="leaf" />
          <span>{text}</span>
        </p>
        {aboutPrices && (
          <div>
            <ButtonLink look="plain" small icon="market" href={hrefOf("market")}>
              {words.toMarket}
            </ButtonLink>
          </div>
        )}
      </div>
    </Card>
  );
}

function Formula({ progress: { target, formula } }: Props) {
  const language = useApp().preferences.language.value;
  const words = useWords(ECOPOINTS);
  const less = percentOf(target.expectation_wh - target.target_wh, target.expectation_wh) ?? 0;
  return (
    <Card title={words.formula}>
      <div class="stack-tight">
        <p>
          {words.formulaText(
            energyShown(target.expectation_wh, language),
            energyShown(target.target_wh, language),
            percentShown(less, language),
          )}
        </p>
        {formula && (
          <details class="as-table">
            <summary>{words.formulaDetail}</summary>
            <p class="small quiet formula">{formula}</p>
          </details>
        )}
      </div>
    </Card>
  );
}
