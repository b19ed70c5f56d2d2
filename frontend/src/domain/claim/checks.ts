/**
 * Checks a claim's data file by itself: the paper names this very file, its sums are those of its intervals, no interval
 * claims more than was used, and no Wh of a certificate is claimed twice in it.
 *
 * That readings and statements are the chain's own only proof files and the chain can tell: that stays open.
 */
import { lifetimeOf } from "../guarantees.js";
import { broken, equal, holds, unproved, type Line, type Verdict } from "../provenance/tree.js";
import type { ClaimDocument, ClaimInterval, ClaimSums } from "./document.js";

const INTERVAL_MASK = 0xffff_ffffn;
const WHOLE = 10_000n;

/** `printed`: SHA-256 that the paper tells, undefined where the reader has no paper. */
export interface Printed {
  readonly printed: string | undefined;
  readonly found: string;
}

/** Every line of the check. `dayOf`: the local day of a unix second in the file's zone. */
export function checkClaim(file: ClaimDocument, print: Printed, dayOf: (unix: number) => string): readonly Line[] {
  return [
    printLine(print),
    monthLine(file),
    usedLine(file),
    onceLine(file),
    periodsLine(file),
    statementsLine(file),
    daysLine(file, dayOf),
    totalLine(file),
    unproved("on_chain", "file_alone", {}),
  ];
}

/** The worst of them: a claim with nothing wrong in it stays unproved. */
export function verdictOf(lines: readonly Line[]): Verdict {
  return lines.some(({ verdict }) => verdict === "broken") ? "broken" : "unproved";
}

function printLine({ printed, found }: Printed): Line {
  return printed === undefined ? unproved("print", "no_paper", { found }) : equal("print", printed, found);
}

/** Intervals in order, each once, inside the period, and as many as the file says. */
function monthLine(file: ClaimDocument): Line {
  const step = 60 * file.interval_minutes;
  let last = file.start - step;
  for (const { start: begin } of file.intervals) {
    if (begin < last + step || begin + step > file.end || begin % step !== 0) {
      return broken("month", "interval", { at: begin });
    }
    last = begin;
  }
  const expected = (file.end - file.start) / step;
  if (expected !== file.expected_intervals) {
    return broken("month", "expected", { expected, found: file.expected_intervals });
  }
  return equal("month", expected, file.intervals.length + file.unread + file.waiting, {
    unread: file.unread,
    waiting: file.waiting,
  });
}

/** Nothing beyond what was used, nothing against an estimate, and uses that add up. */
function usedLine({ intervals }: ClaimDocument): Line {
  for (const one of intervals) {
    const matched = one.own_use_wh + one.bought_wh + one.cancelled_wh;
    const uses = one.uses.reduce((sum, { wh }) => sum + wh, 0);
    if (matched + one.uncertified_wh > one.consumption_wh)
      return broken("used", "too_much", { at: one.start, matched });
    if (!one.measured && matched > 0) return broken("used", "estimated", { at: one.start });
    if (uses !== one.cancelled_wh) return broken("used", "uses", { at: one.start, expected: uses });
  }
  return holds("used", { found: intervals.length });
}

/** Each certificate of a statement once, in the interval in which it was made. */
function onceLine({ intervals, interval_minutes: minutes }: ClaimDocument): Line {
  const seen = new Set<string>();
  for (const one of intervals) {
    for (const { statement, certificate } of one.uses) {
      const key = `${statement} ${certificate}`;
      if (seen.has(key)) return broken("once", "twice", { statement, certificate });
      seen.add(key);
      if (lifetimeOf(Number(BigInt(certificate) & INTERVAL_MASK), minutes).start !== one.start) {
        return broken("once", "other_interval", { statement, certificate });
      }
    }
  }
  return holds("once", { found: seen.size });
}

/** A statement's reporting period holds every interval that it is claimed in; what the reader left out is not used. */
function periodsLine(file: ClaimDocument): Line {
  const step = 60 * file.interval_minutes;
  const known = new Map(file.statements.map((one) => [one.statement, one]));
  for (const { start: begin, uses } of file.intervals) {
    for (const { statement } of uses) {
      const found = known.get(statement);
      if (!found) return broken("periods", "unknown", { statement });
      if (file.excluded.includes(statement)) return broken("periods", "excluded", { statement });
      if (found.period_from > begin || begin + step > found.period_to) {
        return broken("periods", "outside", { statement, at: begin });
      }
    }
  }
  return holds("periods");
}

function statementsLine({ intervals, statements }: ClaimDocument): Line {
  const taken = new Map<number, number>();
  for (const { statement, wh } of intervals.flatMap(({ uses }) => uses)) {
    taken.set(statement, (taken.get(statement) ?? 0) + wh);
  }
  const wrong = statements.find((one) => one.claimed_wh !== (taken.get(one.statement) ?? 0));
  if (wrong) {
    const expected = taken.get(wrong.statement) ?? 0;
    return broken("statements", "differs", { statement: wrong.statement, expected, found: wrong.claimed_wh });
  }
  if (new Set(statements.map((one) => one.statement)).size !== statements.length) {
    return broken("statements", "twice");
  }
  return holds("statements", { found: statements.length });
}

function daysLine(file: ClaimDocument, dayOf: (unix: number) => string): Line {
  const days = new Map<string, ClaimInterval[]>();
  for (const one of file.intervals) {
    const day = dayOf(one.start);
    days.set(day, [...(days.get(day) ?? []), one]);
  }
  if (file.days.map(({ day }) => day).join() !== [...days.keys()].join()) return broken("days", "other_days");
  for (const { day, sums } of file.days) {
    if (!same(sums, sumsOf(days.get(day) ?? []))) return broken("days", "differs", { day });
  }
  return holds("days", { found: file.days.length });
}

function totalLine(file: ClaimDocument): Line {
  const { share, matched_wh: matched, consumption_wh: consumption } = file.total;
  return same(file.total, sumsOf(file.intervals))
    ? holds("total", { matched, consumption, share })
    : broken("total", "differs");
}

function sumsOf(lines: readonly ClaimInterval[]): ClaimSums {
  const total = (of: (line: ClaimInterval) => number): number => lines.reduce((sum, line) => sum + of(line), 0);
  const consumption = total((line) => line.consumption_wh);
  const matched = total((line) => line.own_use_wh + line.bought_wh + line.cancelled_wh);
  return {
    intervals: lines.length,
    unmeasured: total((line) => (line.measured ? 0 : 1)),
    consumption_wh: consumption,
    own_use_wh: total((line) => line.own_use_wh),
    bought_wh: total((line) => line.bought_wh),
    cancelled_wh: total((line) => line.cancelled_wh),
    matched_wh: matched,
    uncertified_wh: total((line) => line.uncertified_wh),
    // Rounded down, as the server does.
    share: consumption === 0 ? null : Number((BigInt(matched) * WHOLE) / BigInt(consumption)),
  };
}

function same(told: ClaimSums, found: ClaimSums): boolean {
  return (Object.keys(found) as (keyof ClaimSums)[]).every((name) => told[name] === found[name]);
}
