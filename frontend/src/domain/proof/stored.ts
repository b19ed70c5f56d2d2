/**
 * Words of the contracts' storage, by meaning: where each lies and how it is packed (contracts/libraries).
 *
 * Whoever asks gives `read`, which tells the word at a contract's slot from a checked state proof.
 */
import { PROOF_LAYOUT } from "../../generated/proofLayout.js";
import { checkedReading, Quality, type Reading } from "../readings.js";
import { number, shown, word } from "./hashing.js";
import { cut, element, mapped, placeOf, type Contract, type DeviceMember } from "./layout.js";
import { ProofBroken, say } from "./say.js";

/** (contract, slot) -> the word there, 0 for one never written. Throws ProofBroken where nothing proves it. */
export type ReadWord = (contract: Contract, slot: bigint) => bigint;

/** A participant's state in an interval: its gateway's address, and what stands behind the key. */
export interface Epoch {
  readonly gateway: string;
  readonly source: number;
}

/** Whose a device is in an interval, and whether it may have certificates until `validUntil` (unix seconds). */
export interface DeviceState {
  readonly participant: number;
  readonly issuable: boolean;
  readonly validUntil: bigint;
}

/** A device as registered: EECS codes, W, unix seconds, country, kind of support, commitment to the rest. */
export interface Device {
  readonly technology: string;
  readonly fuel: string;
  readonly capacity_w: number;
  readonly commissioned_at: bigint;
  readonly country: string;
  readonly scheme: number;
  readonly commitment: string;
}

/** What the market keeps of an interval; price in µ€/kWh, null without one; `fillsHash` of the first chunk. */
export interface Outcome {
  readonly settled: boolean;
  readonly price: number | null;
  readonly matchedWh: number;
  readonly fillsHash: bigint;
}

const LANE_BITS = 51;
const LANES = 5;
const PER_WORD = 10;
const { contracts, structs } = PROOF_LAYOUT;

/** The state of a community at one block. */
export class Stored {
  constructor(private readonly read: ReadWord) {}

  /** The recorded reading and whether it came late; undefined when nothing is recorded. Five to a word of 51 bits. */
  reading(participant: number, interval: number): { readonly reading: Reading; readonly late: boolean } | undefined {
    const row = Math.floor((participant - 1) / LANES);
    const lane = (participant - 1) % LANES;
    const packed = this.#mapped("MeterLedger", contracts.MeterLedger._readings, pair(interval, row));
    const found = bits(packed, LANE_BITS * lane, LANE_BITS);
    if (found === 0n) return undefined;
    return { reading: readingOf(found), late: (found & 1n) === 1n };
  }

  /** The readings that stood there before corrections, the first one signed. Four to a word of 64 bits. */
  earlier(participant: number, interval: number): readonly Reading[] {
    const base = mapped(mapped(contracts.Corrections._earlier, participant), interval);
    const count = this.read("Corrections", base);
    const found: Reading[] = [];
    for (let place = 0n; place < count; place += 1n) {
      const row = this.read("Corrections", element(base, place / 4n));
      found.push(readingOf(bits(row, 64 * Number(place % 4n), 64)));
    }
    return found;
  }

  /** The gateway enrolled for an interval; zero address for none. */
  epoch(participant: number, interval: number): Epoch {
    const base = mapped(contracts.MemberRegistry._participants, participant);
    const value = this.#inForce(base + BigInt(structs.Participant.epochs[0]), interval);
    return { gateway: shown(word(bits(value, 64, 160)).subarray(12)), source: Number(value & 3n) };
  }

  /** Whose a device is in an interval. */
  deviceState(device: number, interval: number): DeviceState {
    const value = this.#inForce(mapped(contracts.MemberRegistry._states, device), interval);
    return { participant: Number(bits(value, 0, 32)), issuable: bits(value, 64, 2) === 1n, validUntil: value >> 66n };
  }

  /** A device as registered. Throws ProofBroken for codes that are no text. */
  device(index: number): Device {
    const base = mapped(contracts.MemberRegistry._devices, index);
    const member = (name: DeviceMember): Uint8Array => cut(name, this.read("MemberRegistry", base + placeOf(name)));
    const [technology = "", fuel = "", country = ""] = (["technology", "fuel", "country"] as const).map((name) => {
      const code = member(name);
      if (code.some((byte) => byte > 0x7f)) throw new ProofBroken(say("the_device"), say("no_codes"));
      return String.fromCharCode(...code);
    });
    return {
      technology,
      fuel,
      capacity_w: Number(number(member("capacityW"))),
      commissioned_at: number(member("commissionedAt")),
      country,
      scheme: Number(number(member("scheme"))),
      commitment: shown(member("commitment")),
    };
  }

  /** What became of an interval: hash 176 bits | price 32 | matched Wh 40 | flags 8. */
  outcome(interval: number): Outcome {
    const found = this.#mapped("EnergyMarket", contracts.EnergyMarket._outcomes, BigInt(interval));
    return {
      settled: (found & 2n) !== 0n,
      price: (found & 4n) === 0n ? null : Number(BigInt.asIntN(32, found >> 48n)),
      matchedWh: Number(bits(found, 8, 40)),
      fillsHash: found >> 80n,
    };
  }

  /** First 22 bytes of the hash of a further chunk of fills. */
  fillsHash(interval: number, chunk: number): bigint {
    return this.read("EnergyMarket", mapped(mapped(contracts.EnergyMarket._fillsHashes, interval), chunk));
  }

  /** Wh ever issued of a certificate. Ten intervals to a word, 24 bits each. */
  issuedWh(device: number, interval: number): number {
    return this.#packed(BigInt(contracts.GuaranteeOfOrigin._issued), device, interval);
  }

  /** Wh of a certificate that a wallet holds. */
  heldWh(holder: string, device: number, interval: number): number {
    return this.#packed(mapped(contracts.GuaranteeOfOrigin._held, BigInt(holder)), device, interval);
  }

  /** Participant and Wh of what waits for a producer's account. */
  waiting(device: number, interval: number): { readonly claimant: bigint; readonly wh: number } {
    const found = this.#mapped("GuaranteeOfOrigin", contracts.GuaranteeOfOrigin._claims, pair(device, interval));
    return { claimant: found >> 24n, wh: Number(bits(found, 0, 24)) };
  }

  #packed(base: bigint, device: number, interval: number): number {
    const found = this.read("GuaranteeOfOrigin", mapped(base, pair(device, Math.floor(interval / PER_WORD))));
    return Number(bits(found, 24 * (interval % PER_WORD), 24));
  }

  #mapped(contract: Contract, base: number, key: bigint): bigint {
    return this.read(contract, mapped(base, key));
  }

  /** The value in force at an interval, found as the contract does: the newest entry, else by halving. */
  #inForce(base: bigint, interval: number): bigint {
    const latest = this.read("MemberRegistry", base + BigInt(structs.Trace.latest[0]));
    if (BigInt(interval) >= latest >> 224n) return bits(latest, 0, 224);
    const array = base + BigInt(structs.Trace.earlier[0]);
    let low = 0n;
    let high = this.read("MemberRegistry", array);
    while (low < high) {
      const middle = (low + high) / 2n;
      if (this.read("MemberRegistry", element(array, middle)) >> 224n <= BigInt(interval)) low = middle + 1n;
      else high = middle;
    }
    return low === 0n ? 0n : bits(this.read("MemberRegistry", element(array, low - 1n)), 0, 224);
  }
}

/** A stored reading. Throws ProofBroken for one without quality. */
function readingOf(found: bigint): Reading {
  const quality = Number(bits(found, 1, 2));
  if (quality === Quality.absent) throw new ProofBroken(say("recorded_reading"), say("no_quality"));
  return checkedReading(Number(bits(found, 27, 24)), Number(bits(found, 3, 24)), quality);
}

function bits(value: bigint, from: number, size: number): bigint {
  return BigInt.asUintN(size, value >> BigInt(from));
}

function pair(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low);
}
