/** One month or all of them, and only what is held or everything. */
import { useApp, useCommunity } from "../../app/context.js";
import { addMonths, monthShown, startOfDay } from "../../app/time.js";
import { Button, IconButton } from "../../components/Button.js";
import { ChoiceGroup } from "../../components/Tabs.js";
import { useWords } from "../../texts/index.js";
import { monthOf } from "./months.js";
import { GUARANTEES } from "./words.js";

export interface MonthFilterProps {
  readonly month: string | undefined;
  readonly onChange: (month: string | undefined) => void;
  readonly onlyHeld: boolean;
  readonly onOnlyHeld: (onlyHeld: boolean) => void;
}

export function MonthFilter({ month, onChange, onlyHeld, onOnlyHeld }: MonthFilterProps) {
  const { clock, preferences } = useApp();
  const { zone } = useCommunity();
  const words = useWords(GUARANTEES);
  const present = monthOf(clock.now.value, zone);
  const step = (count: number): void => {
    onChange(month === undefined ? present : addMonths(`${month}-01`, count).slice(0, 7));
  };
  const shown =
    month === undefined
      ? words.allMonths
      : monthShown(startOfDay(`${month}-01`, zone), zone, preferences.language.value);
  return (
    <div class="row-apart">
      <div class="month-filter" role="group" aria-label={words.month}>
        <IconButton
          icon="left"
          label={words.before}
          onClick={() => {
            step(-1);
          }}
        />
        <span class="month-name" aria-live="polite">
          {shown}
        </span>
        <IconButton
          icon="right"
          label={words.after}
          disabled={month === undefined || month >= present}
          onClick={() => {
            step(1);
          }}
        />
        {month !== undefined && (
          <Button
            look="quiet"
            small
            onClick={() => {
              onChange(undefined);
            }}
          >
            {words.allMonths}
          </Button>
        )}
      </div>
      <ChoiceGroup
        label={words.tabs.label}
        value={onlyHeld ? "held" : "all"}
        choices={[
          { value: "all", label: words.everything },
          { value: "held", label: words.onlyHeld },
        ]}
        onChange={(value) => {
          onOnlyHeld(value === "held");
        }}
      />
    </div>
  );
}
