/**
 * Fills as a proof file holds them: a third of their bytes, for what follows from the others is left out.
 *
 * Sellers' and buyers' fills lie end to end in the order of the participants, so that only steps from one participant to
 * the next and Wh are written: each as a number of 7 bits a byte, low ones first, the Wh doubled and odd when bought.
 */
import { RuleError } from "../../errors.js";
import { checkedFill, packFills, unpackFills, type Fill } from "../fills.js";
import { same } from "./hashing.js";
import { ProofFileError, say } from "./say.js";

/** Chunks of packed fills, shortened. Throws ProofFileError for such as no settlement makes. */
function shorten(chunks: readonly Uint8Array[]): Uint8Array[] {
  const lines = new Lines();
  return chunks.map((chunk) => {
    const written: number[] = [];
    for (const fill of rules(() => unpackFills(chunk))) {
      const step = fill.participant - lines.participant;
      const { participant, wh, offset } = lines.next(step, fill.wh);
      if (participant !== fill.participant || wh !== fill.wh || offset !== fill.offset) {
        throw new ProofFileError(say("fills_gap"));
      }
      written.push(...digits(step), ...digits(2 * Math.abs(wh) + (wh < 0 ? 1 : 0)));
    }
    return Uint8Array.from(written);
  });
}

/** Inverse of `shorten`. Throws ProofFileError for what it never gives. */
export function lengthen(chunks: readonly Uint8Array[]): Uint8Array[] {
  const lines = new Lines();
  const found = chunks.map((chunk) => {
    const numbers = numbersOf(chunk);
    if (numbers.length % 2 !== 0) throw new ProofFileError(say("fills_cut"));
    const fills: Fill[] = [];
    for (let at = 0; at < numbers.length; at += 2) {
      const doubled = numbers[at + 1] ?? 0;
      const half = Math.floor(doubled / 2);
      fills.push(lines.next(numbers[at] ?? 0, doubled % 2 === 1 ? -half : half));
    }
    return packFills(fills);
  });
  const again = shorten(found);
  if (!again.every((chunk, at) => same(chunk, chunks[at] ?? new Uint8Array()))) {
    throw new ProofFileError(say("fills_form"));
  }
  return found;
}

/** How far participants, sellers' and buyers' fills have come. */
class Lines {
  participant = 0;
  #sold = 0;
  #bought = 0;

  next(step: number, wh: number): Fill {
    if (step < 1) throw new ProofFileError(say("fills_order"));
    this.participant += step;
    const fill = rules(() => checkedFill(this.participant, wh, wh > 0 ? this.#sold : this.#bought));
    if (wh > 0) this.#sold += wh;
    else this.#bought -= wh;
    return fill;
  }
}

function digits(value: number): number[] {
  const written: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) written.push(0x80 + (rest % 0x80));
  return [...written, rest];
}

function numbersOf(data: Uint8Array): number[] {
  const found: number[] = [];
  let value = 0;
  let shift = 0;
  for (const byte of data) {
    value += (byte % 0x80) * 2 ** shift;
    shift += 7;
    if (byte < 0x80) {
      found.push(value);
      value = 0;
      shift = 0;
    } else if (shift > 35) {
      throw new ProofFileError(say("fills_number"));
    }
  }
  if (shift > 0) throw new ProofFileError(say("fills_cut"));
  return found;
}

function rules<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    if (error instanceof RuleError) throw new ProofFileError(say("fills_wrong", { detail: error.message }));
    throw error;
  }
}
