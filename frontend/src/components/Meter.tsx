/** How much of a whole is used, with a mark where it is heading. */

export interface MeterProps {
  readonly label: string;
  /** Parts of `most`; both >= 0. */
  readonly value: number;
  readonly most: number;
  readonly text: string;
  readonly tone?: "good" | "warn" | "bad";
}

export function Meter({ label, value, most, text, tone = "good" }: MeterProps) {
  const percent = most > 0 ? Math.min(100, (value * 100) / most) : 0;
  return (
    <div
      class="meter"
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={most}
      aria-valuenow={Math.min(value, most)}
      aria-valuetext={text}
      data-tone={tone}
    >
      <i style={{ width: `${percent}%` }} />
    </div>
  );
}
