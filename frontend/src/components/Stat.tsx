/** One figure with its name. */
import type { ComponentChildren } from "preact";

export interface StatProps {
  readonly label: ComponentChildren;
  readonly value: string;
  /** Shown smaller, after the figure. */
  readonly unit?: string;
  readonly note?: ComponentChildren;
  readonly size?: "m" | "l";
  /** A colour of the tokens: `--flow-local`. */
  readonly dot?: string;
}

export function Stat({ label, value, unit, note, size = "m", dot }: StatProps) {
  return (
    <div class="stat">
      <div class="stat-label">
        {dot && <Dot colour={dot} />}
        {label}
      </div>
      <div class="stat-value" data-size={size}>
        {value}
        {unit && <span class="unit"> {unit}</span>}
      </div>
      {note && <div class="stat-note">{note}</div>}
    </div>
  );
}

/** The colour that stands for something in charts; `colour` is the name of a token. */
export function Dot({ colour }: { readonly colour: string }) {
  return <i class="dot" style={{ "--dot": `var(${colour})` }} aria-hidden="true" />;
}
