/** What the colours of a chart mean. */
import { Dot } from "../Stat.js";

export interface Series {
  readonly label: string;
  /** The name of a colour token: `--flow-local`. */
  readonly colour: string;
}

/** A colour that stands for two parts (above and below the line) is named once, by the first. */
export function Legend({ series }: { readonly series: readonly Series[] }) {
  const named = series.filter(({ colour }, at) => series.findIndex((other) => other.colour === colour) === at);
  return (
    <ul class="legend">
      {named.map(({ label, colour }) => (
        <li key={label}>
          <Dot colour={colour} />
          {label}
        </li>
      ))}
    </ul>
  );
}
