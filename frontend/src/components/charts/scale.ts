/** Axes: round steps that people read at a glance. Floats are fine here: nothing is settled from a picture. */

/** At most `most` round steps (1, 2, 2.5, 5 × 10^n) from 0 to at least `largest`; a positive step always. */
export function niceStep(largest: number, most = 4): number {
  if (!(largest > 0)) return 1;
  const rough = largest / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** The ticks of an axis from `low` (<= 0) to `high` (>= 0), both covered, 0 among them. */
export function ticksOf(low: number, high: number, most = 4): number[] {
  const step = niceStep(Math.max(high, -low, (high - low) / 1.5), most);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(Math.ceil(high / step - 1e-9), first + 1);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

/** Steps between labels that fall on whole hours, whether an interval has 15, 30 or 60 minutes. */
const EVERY = [1, 2, 4, 8, 12, 16, 24, 48];

/** Every how many columns a label fits: `width` px for `count` columns, `label` px a label. */
export function labelEvery(count: number, width: number, label: number): number {
  const fitting = Math.max(1, Math.floor(width / label));
  const least = Math.ceil(count / fitting);
  return EVERY.find((step) => step >= least) ?? least;
}
