/** A price with its name, the unit small. */
import { useApp } from "../app/context.js";
import { decimalText } from "../formatting.js";
import { Stat } from "./Stat.js";

export interface PriceStatProps {
  readonly label: string;
  /** µ€/kWh */
  readonly price: number;
  readonly dot?: string;
}

export function PriceStat({ label, price, dot }: PriceStatProps) {
  const value = decimalText(price, 4, useApp().preferences.language.value, { places: 1 });
  return <Stat label={label} value={value} unit="c€/kWh" {...(dot && { dot })} />;
}
