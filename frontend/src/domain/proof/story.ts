/** What a proof file says of its certificate, part by part, read from a state and checked against each other. */
import { RuleError } from "../../errors.js";
import { checked } from "../../units.js";
import { unpackFills, type Fill } from "../fills.js";
import { lifetimeOf } from "../guarantees.js";
import { decodeBatch } from "../packing.js";
import { Quality, type Reading } from "../readings.js";
import { supplyLines } from "../supplyLines.js";
import { earnedBy, type Earned } from "./corrected.js";
import { keccak, number } from "./hashing.js";
import { certificateOf, type ProofFile } from "./proofFile.js";
import type { Happening } from "./receipts.js";
import { broken, open, proved, type About, type Facts, type Line } from "./report.js";
import { ProofBroken, say, type Say } from "./say.js";
import { runSigner } from "./signatures.js";
import type { Stored } from "./stored.js";

export const SOURCES = ["nothing", "gateway", "operator_file", "declared"] as const;
const FACT_SOURCES = ["nothing", "a gateway at the meter", "the network operator's file", "a declaration"];
const QUALITIES = ["absent", "measured", "estimated", "corrected"] as const;
const FILLS_HASH_BYTES = 22;
const LAST_UNIX = 253_402_300_799;
const NOBODY = /^0x0*$/;

/** What receipts tell, in the order of the chain: what happened, when (unix seconds), whether the block is trusted. */
export interface Told {
  readonly what: Happening;
  readonly at: number;
  readonly trusted: boolean;
}

/** Checks the parts in order; each adds a line, and facts for a program. What needs a broken part is left out. */
export class Story {
  readonly lines: Line[] = [];
  readonly facts: Facts = {};
  #reading: Reading | undefined;
  #late = false;
  #earlier: readonly Reading[] = [];
  #earned: Earned | undefined;
  #keptWh = 0;
  readonly #certificate: bigint;
  readonly #start: number;
  readonly #end: number;

  constructor(
    private readonly file: ProofFile,
    private readonly stored: Stored,
    private readonly timestamp: number,
  ) {
    this.#certificate = certificateOf(file);
    const seconds = file.community.intervalMinutes * 60;
    this.#start = file.interval * seconds;
    this.#end = this.#start + seconds;
  }

  /** All of it. `told` reads the receipts; it may throw ProofBroken. */
  tell(told: () => readonly Told[]): void {
    this.#part("reading", () => this.#readReading());
    if (this.#reading) this.#part("signature", () => this.#signature());
    this.#part("device", () => this.#device());
    if (this.#reading) this.#part("market", () => this.#market());
    if (this.#earned) {
      this.#part("issue", () => this.#issue());
      this.#part("holding", () => this.#holding());
      this.#part("history", () => this.#history(told()));
    }
    this.#part("life", () => this.#life());
  }

  #part(about: About, check: () => Iterable<Line>): void {
    try {
      for (const line of check()) this.lines.push(line);
    } catch (error) {
      if (error instanceof ProofBroken) this.lines.push(broken(about, error.part, error.reason));
      else if (error instanceof RuleError) {
        this.lines.push(broken(about, say("held_of", { about }), say("rule", { detail: error.message })));
      } else throw error;
    }
  }

  *#readReading(): Generator<Line> {
    const { participant, interval } = this.file;
    const found = this.stored.reading(participant, interval);
    if (!found) throw new ProofBroken(say("reading_of", { participant }), say("not_recorded"));
    const { reading, late } = found;
    this.#reading = reading;
    this.#late = late;
    const quality = QUALITIES[reading.quality];
    const figures = { participant, start: this.#start, end: this.#end };
    const energies = { production_wh: reading.productionWh, consumption_wh: reading.consumptionWh };
    this.facts["reading"] = { ...figures, ...energies, quality, late };
    onCalendar(this.#start);
    onCalendar(this.#end);
    const { productionWh: production, consumptionWh: consumption } = reading;
    yield proved("reading", say("reading_says", { ...figures, production, consumption, quality, late }));
    if (reading.quality === Quality.corrected) yield this.#correction();
  }

  /** What stood there before: proved; that what stands there now is true is the metering operator's word. */
  #correction(): Line {
    const { participant, interval } = this.file;
    this.#earlier = this.stored.earlier(participant, interval);
    if (this.#earlier.length === 0) {
      this.#reading = undefined;
      throw new ProofBroken(say("corrected_reading"), say("in_place_of_none"));
    }
    this.facts["corrected_from"] = this.#earlier.map((one) => ({
      production_wh: one.productionWh,
      consumption_wh: one.consumptionWh,
      quality: QUALITIES[one.quality],
    }));
    return open("correction", say("correction_says", { before: this.#earlier.map(said) }), say("operator_corrected"));
  }

  *#signature(): Generator<Line> {
    const { participant, interval, run: packed, community } = this.file;
    const epoch = this.stored.epoch(participant, interval);
    if (NOBODY.test(epoch.gateway)) throw new ProofBroken(say("meter", { participant }), say("no_gateway"));
    const runs = decodeBatch(packed);
    const [signed] = runs;
    if (!signed || runs.length !== 1) throw new ProofBroken(say("run"), say("not_one_run", { runs: runs.length }));
    const { run } = signed;
    const signedOne = run.readings[interval - run.first];
    if (run.participant !== participant || !signedOne) throw new ProofBroken(say("run"), say("run_of_another"));
    const [first] = this.#earlier;
    if (!sameReading(signedOne, first ?? this.#reading)) throw new ProofBroken(say("run"), say("other_reading"));
    if (runSigner(signed, community.chainId, community.contracts.MeterLedger) !== epoch.gateway) {
      throw new ProofBroken(say("run_signature"), say("not_by_gateway", { gateway: epoch.gateway }));
    }
    const { gateway, source } = epoch;
    this.facts["signature"] = { gateway, source: FACT_SOURCES[source], readings: run.readings.length };
    const told = { gateway, source: SOURCES[source] ?? "nothing" };
    yield proved(
      "signature",
      first ? say("signature_first", { ...told, first: said(first) }) : say("signature_says", told),
    );
  }

  *#device(): Generator<Line> {
    const { device, interval, participant } = this.file;
    const state = this.stored.deviceState(device, interval);
    if (state.participant !== participant) {
      throw new ProofBroken(say("device", { device }), say("not_at_meter", { participant }));
    }
    if (!state.issuable || BigInt(this.#end) > state.validUntil) {
      throw new ProofBroken(say("device", { device }), say("not_issuable"));
    }
    const found = this.stored.device(device);
    this.facts["device"] = { ...found, index: device };
    const { technology, fuel, capacity_w: capacity, country } = found;
    yield proved("device", say("device_says", { device, technology, fuel, capacity, country }));
  }

  *#market(): Generator<Line> {
    const { interval, participant } = this.file;
    const outcome = this.stored.outcome(interval);
    const reading = this.#reading;
    if (!reading || !outcome.settled) throw new ProofBroken(say("interval"), say("not_settled"));
    const fills = this.#fills(outcome.fillsHash, this.#late ? 0 : outcome.matchedWh);
    const lines = supplyLines(fills).filter(({ seller }) => seller === participant);
    const [first = reading, ...since] = this.#earlier;
    const stood = this.#earlier.length > 0 ? [...since, reading] : [];
    this.#earned = earnedBy(
      [first, ...stood],
      lines.reduce((sum, { wh }) => sum + wh, 0),
    );
    this.facts["market"] = { price: outcome.price, sold_to: lines.map(({ buyer, wh }) => [buyer, wh]) };
    const to = lines.map(({ buyer, wh }) => [buyer, wh] as const);
    yield proved("market", say("market_says", { price: outcome.price ?? "", to, late: this.#late }));
  }

  /** All fills of the interval: each chunk by its hash, complete because the sold Wh are all that was matched. */
  #fills(firstHash: bigint, matchedWh: number): Fill[] {
    const fills: Fill[] = [];
    const soldWh = (): number => fills.reduce((sum, { wh }) => sum + Math.max(0, wh), 0);
    const boughtWh = (): number => fills.reduce((sum, { wh }) => sum - Math.min(0, wh), 0);
    this.file.fills.forEach((packed, at) => {
      const chunk = say("chunk", { chunk: at });
      const expected = at === 0 ? firstHash : this.stored.fillsHash(this.file.interval, at);
      if (number(keccak(packed).subarray(0, FILLS_HASH_BYTES)) !== expected || packed.length === 0) {
        throw new ProofBroken(chunk, say("chunk_differs"));
      }
      // A chunk of buyers alone may follow when all sellers have had their turn.
      if (soldWh() >= matchedWh && boughtWh() >= matchedWh) throw new ProofBroken(chunk, say("chunk_spare"));
      fills.push(...unpackFills(packed));
    });
    const sold = soldWh();
    if (sold !== matchedWh) throw new ProofBroken(say("fills"), say("fills_sum", { sold, matched: matchedWh }));
    return fills;
  }

  *#issue(): Generator<Line> {
    const issued = this.stored.issuedWh(this.file.device, this.file.interval);
    const found = this.#earned;
    const what = say("certificate_of", { certificate: this.#certificate });
    if (!found || issued === 0) throw new ProofBroken(what, say("never_issued"));
    const { own, sold, minted, more, less } = found;
    const earned = own + sold + minted + more;
    if (issued !== earned) throw new ProofBroken(what, say("issued_other", { issued, earned }));
    this.facts["issue"] = { own_use_wh: own, sold_wh: sold, minted_wh: minted };
    if (this.#earlier.length > 0) {
      this.facts["issue"] = { own_use_wh: own, sold_wh: sold, minted_wh: minted, more_wh: more, less_wh: less };
      yield proved("issue", say("issue_corrected", { issued, own, sold, minted, more, less }));
    } else yield proved("issue", say("issue_says", { issued, own, sold, minted }));
  }

  *#holding(): Generator<Line> {
    const { holders, device, interval, community } = this.file;
    const held = holders.map((holder) => [holder, this.stored.heldWh(holder, device, interval)] as const);
    const { claimant, wh: waiting } = this.stored.waiting(device, interval);
    this.#keptWh = held.reduce((sum, [, wh]) => sum + wh, waiting);
    this.facts["held"] = Object.fromEntries(held);
    this.facts["waiting_wh"] = waiting;
    const over = this.timestamp >= lifetimeOf(interval, community.intervalMinutes).cancellableUntil;
    for (const [holder, wh] of held) {
      if (wh === 0) throw new ProofBroken(say("wallet", { wallet: holder }), say("holds_nothing"));
      yield proved("holding", say("holding_says", { holder, wh, over }));
    }
    if (waiting > 0) yield proved("holding", say("waiting_says", { wh: waiting, participant: claimant }));
  }

  *#history(told: readonly Told[]): Generator<Line> {
    let gone = 0n;
    let known = true;
    for (const { what, at, trusted } of told) {
      const { kind, wh, sender, receiver, statement } = what;
      const used = { statement: statement?.number ?? "", country: statement?.country ?? "" };
      onCalendar(at);
      const text = say("history_says", { kind, wh, sender, receiver, at, ...used });
      yield trusted ? proved("history", text) : open("history", text, say("block_not_shown"));
      if (kind === "cancellation" || kind === "withdrawal") {
        gone += wh;
        known &&= trusted;
      }
    }
    this.facts["history"] = told.map(({ what, at }) => ({ at, ...what }));
    const minted = (this.#earned?.minted ?? 0) + (this.#earned?.more ?? 0);
    const rest = BigInt(minted - this.#keptWh) - gone;
    if (rest < 0n) throw new ProofBroken(say("certificate"), say("too_many_wh", { wh: -rest }));
    const text = minted > 0 ? say("whole_says", { minted }) : say("whole_nothing");
    if (rest > 0n) yield open("whole", text, say("wh_not_shown", { wh: rest }));
    else yield known ? proved("whole", text) : open("whole", text, say("see_history"));
  }

  *#life(): Generator<Line> {
    const life = lifetimeOf(this.file.interval, this.file.community.intervalMinutes);
    const { end, transferableUntil, cancellableUntil } = life;
    this.facts["life"] = {
      production_end: end,
      transferable_until: transferableUntil,
      cancellable_until: cancellableUntil,
    };
    const over = this.timestamp >= cancellableUntil;
    yield proved("life", say("life_says", { over, used: cancellableUntil, moved: transferableUntil }));
  }
}

function sameReading(one: Reading, other: Reading | undefined): boolean {
  return (
    one.productionWh === other?.productionWh &&
    one.consumptionWh === other.consumptionWh &&
    one.quality === other.quality
  );
}

function said({ productionWh, consumptionWh, quality }: Reading): Say {
  return say("figures", { production: productionWh, consumption: consumptionWh, quality: QUALITIES[quality] });
}

/** Throws for what no calendar has. */
function onCalendar(unix: number): void {
  checked(unix, 0, LAST_UNIX, `unix time ${unix} is outside the years 1970 to 9999`);
}
