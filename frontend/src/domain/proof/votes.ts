/**
 * Which validators may seal the next block, as Besu counts their votes.
 *
 * A vote counts for its proposer and subject until the proposer votes the other way, the subject is decided upon, or an
 * epoch ends. More than half of the set decides, and the next block is sealed by the new set. A fork's configuration may
 * replace the set at a block; the anchor names such blocks.
 */
import type { Header } from "./headers.js";
import { checkSealed, type Vote } from "./qbft.js";

/** The set and its open votes, led from one header to the next. Blocks are given in ascending order. */
export class Validators {
  changes = 0;
  #current: Set<string>;
  #number: number;
  readonly #wanted = new Map<string, Set<string>>();
  readonly #unwanted = new Map<string, Set<string>>();

  /** `after`: number of the block that is trusted, where no vote is open; `epoch`: blocks from one to the next. */
  constructor(
    after: number,
    validators: Iterable<string>,
    private readonly epoch: number,
    private readonly overrides: ReadonlyMap<number, readonly string[]>,
  ) {
    this.#number = after;
    this.#current = new Set(validators);
  }

  /** Checks a later header against the set, and counts its vote. Throws ProofBroken. */
  follow(header: Header): void {
    this.#passTo(header.number);
    const extra = checkSealed(header, this.#current);
    this.#number = header.number;
    if (header.number % this.epoch === 0) this.#clear();
    else if (extra.vote !== undefined) this.#count(header.miner, extra.vote);
  }

  /** What happens between the last header and this one whatever the blocks between hold. */
  #passTo(block: number): void {
    if (Math.floor((block - 1) / this.epoch) > Math.floor(this.#number / this.epoch)) this.#clear();
    for (const at of [...this.overrides.keys()].sort((one, other) => one - other)) {
      const set = this.overrides.get(at);
      if (set && this.#number < at && at <= block) {
        this.#current = new Set(set);
        this.#clear();
        this.changes += 1;
      }
    }
  }

  /** As Besu does it, its order of questions included: a smaller set may decide by votes of before. */
  #count(proposer: string, { subject, add }: Vote): void {
    const wanted = votersOf(this.#wanted, subject);
    const unwanted = votersOf(this.#unwanted, subject);
    (add ? wanted : unwanted).add(proposer);
    (add ? unwanted : wanted).delete(proposer);
    const needed = Math.floor(this.#current.size / 2) + 1;
    const before = this.#current.has(subject);
    if (wanted.size >= needed) {
      this.#current.add(subject);
      this.#decided(subject);
    }
    if (unwanted.size >= needed) {
      this.#current.delete(subject);
      this.#decided(subject);
      for (const voters of [...this.#wanted.values(), ...this.#unwanted.values()]) voters.delete(subject);
    }
    if (this.#current.has(subject) !== before) this.changes += 1;
  }

  #decided(subject: string): void {
    this.#wanted.delete(subject);
    this.#unwanted.delete(subject);
  }

  #clear(): void {
    this.#wanted.clear();
    this.#unwanted.clear();
  }
}

function votersOf(votes: Map<string, Set<string>>, subject: string): Set<string> {
  const known = votes.get(subject);
  if (known) return known;
  const voters = new Set<string>();
  votes.set(subject, voters);
  return voters;
}
