/** Sums over a participant's energy and money, as the server gives them. */

/** n€ as decimal strings, signs as seen from the participant: received is positive. The fee is what was paid. */
export interface MoneyFlows {
  readonly local_neur: string;
  readonly fee_neur: string;
  readonly grid_neur: string;
}

/** What the participant received less what it paid, in n€, with neighbours and grid together. */
export function balanceOf(flows: MoneyFlows): bigint {
  return BigInt(flows.local_neur) - BigInt(flows.fee_neur) + BigInt(flows.grid_neur);
}

/** The parts of an energy sum that are settled, in Wh. */
export interface EnergyFlows {
  readonly production_wh: number;
  readonly consumption_wh: number;
  readonly own_use_wh: number;
  readonly bought_wh: number;
  readonly sold_wh: number;
  readonly grid_import_wh: number;
  readonly grid_export_wh: number;
}

/** What was read and is not settled yet, in Wh: nobody knows yet who supplied it. */
export function pendingOf(flows: EnergyFlows): { readonly used: number; readonly made: number } {
  const { consumption_wh, production_wh, own_use_wh, bought_wh, sold_wh, grid_import_wh, grid_export_wh } = flows;
  return {
    used: Math.max(0, consumption_wh - own_use_wh - bought_wh - grid_import_wh),
    made: Math.max(0, production_wh - own_use_wh - sold_wh - grid_export_wh),
  };
}

/** A column's readings: `read` of its `intervals`, from `start` in unix seconds. */
export interface ReadColumn {
  readonly start: number;
  readonly intervals: number;
  readonly read: number;
}

/**
 * Intervals from `since` on that ended by `until` (unix seconds) and have no reading. `length`: seconds of an interval.
 */
export function missingBy(columns: readonly ReadColumn[], since: number, until: number, length: number): number {
  return columns.reduce((missing, { start, intervals, read }) => {
    const owned = Math.min(intervals, Math.max(0, Math.ceil((start + intervals * length - since) / length)));
    const ended = Math.floor((until - Math.max(start, since)) / length);
    const due = Math.min(owned, Math.max(0, ended));
    return missing + Math.max(0, due - read);
  }, 0);
}

/** Neighbouring columns of the same `seconds` as one, their whole numbers and n€ summed exactly. */
export function joined<Column extends { readonly start: number; readonly end: number }>(
  columns: readonly Column[],
  seconds: number,
): Column[] {
  const first = columns[0]?.start ?? 0;
  const result: Column[] = [];
  let slot = -1;
  for (const column of columns) {
    const its = Math.floor((column.start - first) / seconds);
    const last = result.at(-1);
    if (last && its === slot) result[result.length - 1] = sumOf(last, column);
    else result.push(column);
    slot = its;
  }
  return result;
}

function sumOf<Column extends { readonly start: number; readonly end: number }>(one: Column, other: Column): Column {
  const fields = Object.entries(one).map(([name, value]): [string, unknown] => {
    const more = (other as Record<string, unknown>)[name];
    if (typeof value === "number" && typeof more === "number") return [name, value + more];
    if (typeof value === "string" && typeof more === "string") return [name, String(BigInt(value) + BigInt(more))];
    return [name, value];
  });
  return { ...(Object.fromEntries(fields) as Column), start: one.start, end: other.end };
}
