/** What became of a certificate's Wh after the issue: every move is replayed, and what is left must be what is held. */
import type { Lifetime } from "../guarantees.js";
import type { ProvenanceDocument } from "./document.js";
import * as trees from "./tree.js";
import type { Line } from "./tree.js";

type Move = ProvenanceDocument["moves"][number];

interface Book {
  readonly held: Map<string, number>;
  waiting: number;
  cancelled: number;
  withdrawn: number;
  /** In export groups, held by their contract, and not exported yet. */
  locked: number;
  /** All that was given to the producer, by corrections as well. */
  minted: number;
}

export function lifeLines(document: ProvenanceDocument, life: Lifetime): Line[] {
  const { issue, moves, holdings, waiting_wh: waiting } = document;
  const book: Book = {
    held: new Map(),
    waiting: 0,
    cancelled: 0,
    withdrawn: 0,
    locked: 0,
    minted: issue.minted_wh,
  };
  if (issue.holder === null) book.waiting = issue.minted_wh;
  else put(book, issue.holder, issue.minted_wh);

  const lines: Line[] = [];
  let at = issue.at;
  for (const [index, move] of moves.entries()) {
    const number = index + 1;
    const facts = { number, wh: move.wh, kind: move.kind, at: move.at };
    const reason = move.at < at ? "out_of_order" : (tooLate(move, life) ?? apply(book, move));
    if (reason !== undefined) return [...lines, trees.broken("move", reason, facts)];
    lines.push(trees.holds("move", facts));
    at = move.at;
  }
  return [...lines, ...statementLines(document), ...balanceLines(book, holdings, waiting)];
}

function tooLate(move: Move, life: Lifetime): string | undefined {
  if (move.kind === "exported") return undefined; // moves nothing; the group as a whole had its time
  const until = move.kind === "transferred" || move.kind === "locked" ? life.transferableUntil : life.cancellableUntil;
  return move.at >= until ? "too_late" : undefined;
}

/** Carries a move out; what is wrong with it, or undefined. */
function apply(book: Book, { kind, wh, source, target, statement, reason }: Move): string | undefined {
  if (wh === 0) return "nothing_moved";
  if ((kind === "cancelled") !== (statement !== null)) return "malformed";
  if ((kind === "withdrawn") !== (reason !== null)) return "malformed";
  if (kind === "issued_more") {
    if (source !== null) return "malformed";
    book.minted += wh;
    if (target === null) book.waiting += wh;
    else put(book, target, wh);
    return undefined;
  }
  if (kind === "claimed") {
    if (source !== null || target === null) return "malformed";
    if (book.waiting < wh) return "not_enough";
    book.waiting -= wh;
    put(book, target, wh);
    return undefined;
  }
  if (kind === "withdrawn" && source === null) {
    if (book.waiting < wh) return "not_enough";
    book.waiting -= wh;
    book.withdrawn += wh;
    return undefined;
  }
  if (kind === "released" || kind === "exported") {
    if (book.locked < wh) return "not_enough";
    book.locked -= wh;
  }
  if (kind === "exported") return source === null && target === null ? undefined : "malformed";
  if (source === null || (target === null) !== (kind === "cancelled" || kind === "withdrawn")) return "malformed";
  const had = book.held.get(source.toLowerCase()) ?? 0;
  if (had < wh) return "not_enough";
  book.held.set(source.toLowerCase(), had - wh);
  if (kind === "locked") book.locked += wh;
  if (target !== null) put(book, target, wh);
  else if (kind === "cancelled") book.cancelled += wh;
  else book.withdrawn += wh;
  return undefined;
}

function put(book: Book, holder: string, wh: number): void {
  const key = holder.toLowerCase();
  book.held.set(key, (book.held.get(key) ?? 0) + wh);
}

/** Each cancellation has the statement that it names, of the same holder and for at least as much. */
function statementLines({ moves, statements }: ProvenanceDocument): Line[] {
  const used = new Map<number, { holder: string; wh: number }>();
  for (const { statement, wh, source } of moves) {
    if (statement === null) continue;
    used.set(statement, { holder: source ?? "", wh: (used.get(statement)?.wh ?? 0) + wh });
  }
  const lines: Line[] = [];
  for (const [number, { holder, wh }] of used) {
    const [told, again] = statements.filter(({ statement }) => statement === number);
    if (told === undefined) lines.push(trees.broken("statement", "missing", { number }));
    else if (again !== undefined) lines.push(trees.broken("statement", "twice", { number }));
    else if (told.holder.toLowerCase() !== holder.toLowerCase()) {
      lines.push(trees.broken("statement", "other_holder", { number, expected: holder, found: told.holder }));
    } else if (told.total_wh < wh) {
      lines.push(trees.broken("statement", "too_small", { number, expected: wh, found: told.total_wh }));
    } else if (told.period_from >= told.period_to) lines.push(trees.broken("statement", "empty_period", { number }));
    else lines.push(trees.holds("statement", { number, wh }));
  }
  for (const { statement: number } of statements) {
    if (!used.has(number)) lines.push(trees.broken("statement", "unused", { number }));
  }
  return lines;
}

function balanceLines(
  { held, waiting, cancelled, withdrawn, minted }: Book,
  holdings: ProvenanceDocument["holdings"],
  waitingTold: number,
): Line[] {
  const lines: Line[] = [];
  const told = new Map<string, number>();
  for (const { holder, wh } of holdings) {
    const key = holder.toLowerCase();
    if (told.has(key) || wh === 0) return [trees.broken("held", "malformed", { holder })];
    told.set(key, wh);
  }
  for (const holder of new Set([...held.keys(), ...told.keys()])) {
    const expected = held.get(holder) ?? 0;
    const found = told.get(holder) ?? 0;
    if (expected !== 0 || found !== 0) lines.push(trees.equal("held", expected, found, { holder }));
  }
  if (waiting !== 0 || waitingTold !== 0) lines.push(trees.equal("waiting", waiting, waitingTold));
  const left = [...told.values()].reduce((all, wh) => all + wh, 0) + waitingTold;
  lines.push(trees.equal("sum", minted, left + cancelled + withdrawn, { cancelled, withdrawn, left }));
  return lines;
}
