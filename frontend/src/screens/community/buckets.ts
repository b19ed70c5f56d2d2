/** Columns of a chart that would be too thin to touch, joined. */
import type { Overview } from "../../api/registry.js";

type Bucket = Overview["buckets"][number];

/** Sums over two hours each; a price is the mean weighted by what was traded, in whole µ€/kWh for the picture. */
export function joinedBuckets(buckets: readonly Bucket[], seconds = 7_200): Bucket[] {
  const joined: Bucket[] = [];
  const traded: { value: bigint; wh: bigint }[] = [];
  for (const bucket of buckets) {
    const last = joined.at(-1);
    const sums = traded.at(-1);
    if (last === undefined || sums === undefined || bucket.start - last.start >= seconds) {
      joined.push({ ...bucket });
      traded.push({ value: worth(bucket), wh: BigInt(bucket.price === null ? 0 : bucket.matched_wh) });
      continue;
    }
    sums.value += worth(bucket);
    sums.wh += BigInt(bucket.price === null ? 0 : bucket.matched_wh);
    last.end = bucket.end;
    for (const name of SUMMED) last[name] += bucket[name];
    if (sums.wh > 0n) last.price = Number(sums.value / sums.wh);
  }
  return joined;
}

const SUMMED = [
  "production_wh",
  "consumption_wh",
  "own_use_wh",
  "matched_wh",
  "grid_import_wh",
  "grid_export_wh",
] as const satisfies readonly (keyof Bucket)[];

function worth({ price, matched_wh: wh }: Bucket): bigint {
  return price === null ? 0n : BigInt(price) * BigInt(wh);
}
