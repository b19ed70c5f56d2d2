/** The time shown, with the way to the one before, the one after and the present one. */
import type { Period } from "../api/types.js";
import { useApp, useCommunity } from "../app/context.js";
import { firstDayOf, periodText, shifted } from "../screens/energy/period.js";
import { Button, IconButton } from "./Button.js";

export interface PeriodBarProps {
  readonly period: Period;
  /** Local days, `2026-04-01`. */
  readonly date: string;
  readonly today: string;
  readonly words: { readonly previous: string; readonly next: string; readonly today: string };
  readonly onGo: (day: string) => void;
}

export function PeriodBar({ period, date, today, words, onGo }: PeriodBarProps) {
  const { preferences } = useApp();
  const { zone } = useCommunity();
  const current = firstDayOf(date, period) >= firstDayOf(today, period);
  return (
    <div class="period-bar">
      <IconButton
        icon="left"
        label={words.previous}
        onClick={() => {
          onGo(shifted(date, period, -1));
        }}
      />
      <strong aria-live="polite">{periodText(date, period, zone, preferences.language.value)}</strong>
      <IconButton
        icon="right"
        label={words.next}
        disabled={current}
        onClick={() => {
          onGo(shifted(date, period, 1));
        }}
      />
      {!current && (
        <Button
          look="quiet"
          small
          onClick={() => {
            onGo(today);
          }}
        >
          {words.today}
        </Button>
      )}
    </div>
  );
}
