/** A whole in parts: one bar, and the parts as figures. */
import { Stat } from "./Stat.js";

export interface Share {
  readonly label: string;
  /** Parts of one whole, >= 0. */
  readonly amount: number;
  readonly shown: string;
  readonly note?: string | undefined;
  readonly colour: string;
}

export function Split({ label, shares }: { readonly label: string; readonly shares: readonly Share[] }) {
  const whole = shares.reduce((sum, share) => sum + share.amount, 0);
  return (
    <div class="stack-tight">
      <h3>{label}</h3>
      <div class="split" aria-hidden="true">
        {whole > 0 &&
          shares
            .filter((share) => share.amount > 0)
            .map((share) => (
              <i key={share.label} style={{ "--dot": `var(${share.colour})`, flex: `${share.amount} 1 0%` }} />
            ))}
      </div>
      <div class="stats stats-close">
        {shares.map((share) => (
          <Stat key={share.label} label={share.label} dot={share.colour} value={share.shown} note={share.note} />
        ))}
      </div>
    </div>
  );
}
