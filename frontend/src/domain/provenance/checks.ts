/**
 * Checks a provenance document by itself: from the gateway's signature to the last move, nothing is believed.
 *
 * What only the chain can tell stays open: that these events stand on it, and that no other do. `chain/
 * provenanceReads.ts` asks a node for those that a reader is entitled to.
 */
import { RuleError } from "../../errors.js";
import { floorDiv, PPM } from "../../units.js";
import { unpackFills, type Fill } from "../fills.js";
import { certificateId, lifetimeOf } from "../guarantees.js";
import { unpackReadings } from "../packing.js";
import { Quality, type Reading } from "../readings.js";
import { correctionLines, issuedFrom } from "./corrections.js";
import type { ProvenanceDocument } from "./document.js";
import { lifeLines } from "./life.js";
import * as trees from "./tree.js";
import type { Line, Tree } from "./tree.js";

/** What needs cryptography. Both work on a document's own bytes and need no network. */
export interface Proofs {
  /** Account that signed the run, or undefined where the bytes are no signature. */
  signerOf(document: ProvenanceDocument): Promise<string | undefined>;
  /** What the market keeps of a chunk: the first 22 bytes of its keccak-256. */
  fillsHash(fills: Uint8Array): string;
}

/** The community that the reader knows, where it knows one. */
export interface KnownCommunity {
  readonly chainId: number;
  readonly contracts: Readonly<Record<string, string>>;
}

/** The whole tree of a document. */
export async function check(document: ProvenanceDocument, proofs: Proofs, known?: KnownCommunity): Promise<Tree> {
  return trees.tree([
    trees.group("paper", paperLines(document, known)),
    trees.group("reading", await readingLines(document, proofs)),
    trees.group("price", priceLines(document, proofs)),
    trees.group("issue", issueLines(document)),
    trees.group(
      "life",
      lifeLines(document, lifetimeOf(document.certificate.interval, document.chain.interval_minutes)),
    ),
    trees.group("chain", [trees.unproved("on_chain", "document_alone", { block: document.chain.block })]),
  ]);
}

function paperLines({ certificate, chain }: ProvenanceDocument, known?: KnownCommunity): Line[] {
  const number = certificateId(certificate.device, certificate.interval).toString();
  return [trees.equal("number", number, certificate.id), communityLine(chain, known)];
}

function communityLine(chain: ProvenanceDocument["chain"], known?: KnownCommunity): Line {
  if (!known) return trees.unproved("community", "no_community", { chain: chain.chain_id });
  if (known.chainId !== chain.chain_id) {
    return trees.broken("community", "differs", { expected: known.chainId, found: chain.chain_id });
  }
  for (const [name, address] of Object.entries(chain.contracts)) {
    const expected = known.contracts[name];
    if (expected === undefined || !sameAccount(expected, address)) {
      return trees.broken("community", "contract_differs", {
        contract: name,
        expected: expected ?? "",
        found: address,
      });
    }
  }
  return trees.holds("community", { chain: chain.chain_id });
}

async function readingLines(document: ProvenanceDocument, proofs: Proofs): Promise<Line[]> {
  const { gateway, certificate, issue } = document;
  const signer = await proofs.signerOf(document);
  const lines: Line[] = [];
  if (signer === undefined) lines.push(trees.broken("signature", "malformed"));
  else if (sameAccount(signer, gateway.account)) lines.push(trees.holds("signature", { found: signer }));
  else lines.push(trees.broken("signature", "differs", { expected: gateway.account, found: signer }));

  lines.push(
    gateway.from_interval <= certificate.interval
      ? trees.holds("key_in_force", { from: gateway.from_interval })
      : trees.broken("key_in_force", "later", { from: gateway.from_interval, interval: certificate.interval }),
    ...recordedLines(document),
  );
  const issued = issue.own_use_wh + issue.sold_wh + issue.minted_wh;
  const { quality } = issuedFrom(document);
  if (quality === "estimated" && issued > 0) lines.push(trees.broken("quality", "estimated"));
  else lines.push(trees.holds("quality", { quality }));
  lines.push(trees.unproved("source", `source_${gateway.source}`), ...correctionLines(document));
  return lines;
}

/** The run holds the reading that the document claims, at the certificate's interval. */
function recordedLines({ certificate, reading }: ProvenanceDocument): Line[] {
  let signed: Reading | undefined;
  try {
    signed = unpackReadings(bytesOf(reading.run.readings))[certificate.interval - reading.run.first_interval];
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return [trees.broken("recorded", "malformed")];
  }
  if (signed === undefined) return [trees.broken("recorded", "not_in_run", { interval: certificate.interval })];
  const facts: [string, string | number, string | number][] = [
    ["production", signed.productionWh, reading.production_wh],
    ["consumption", signed.consumptionWh, reading.consumption_wh],
    ["recorded_quality", signed.quality, Quality[reading.quality]],
  ];
  return facts.map(([code, expected, found]) => trees.equal(code, expected, found));
}

function priceLines(document: ProvenanceDocument, proofs: Proofs): Line[] {
  const { clearing, fill, reading, tariff, chain } = document;
  if (reading.late) {
    return [fill === null ? trees.holds("late") : trees.broken("late", "sold_late", { found: fill.wh })];
  }
  if (clearing === null) return [trees.broken("local_price", "missing")];
  const ceiling = tariff.retail - tariff.network_fee;
  const lines: Line[] = [];
  if (ceiling < tariff.feed_in) {
    const nothing = clearing.price === null && clearing.lo === 0 && clearing.hi === 0 && clearing.matched_wh === 0;
    lines.push(nothing ? trees.holds("no_price") : trees.broken("no_price", "impossible"));
  } else if (clearing.price === null) {
    lines.push(trees.broken("local_price", "missing"));
  } else {
    const { lo, hi } = clearing;
    const bounds = { low: lo, high: hi, floor: tariff.feed_in, ceiling };
    lines.push(
      tariff.feed_in <= lo && lo <= hi && hi <= ceiling
        ? trees.holds("price_band", bounds)
        : trees.broken("price_band", "outside", bounds),
      trees.equal("local_price", lo + floorDiv(chain.k_ppm * (hi - lo), PPM), clearing.price),
    );
  }
  if (fill === null) {
    lines.push(
      clearing.matched_wh === 0 ? trees.holds("nothing_sold") : trees.unproved("nothing_sold", "needs_all_fills"),
    );
    return lines;
  }
  return [...lines, ...fillLines(document, fill, clearing.matched_wh, proofs)];
}

function fillLines(
  { certificate, reading }: ProvenanceDocument,
  fill: NonNullable<ProvenanceDocument["fill"]>,
  matchedWh: number,
  proofs: Proofs,
): Line[] {
  const rest = reading.production_wh - Math.min(reading.production_wh, reading.consumption_wh);
  const covered =
    fill.wh <= rest
      ? trees.holds("sale_covered", { sold: fill.wh, rest })
      : trees.broken("sale_covered", "more_than_rest", { sold: fill.wh, rest });
  if (fill.fills === null) return [...withheldLines(fill, matchedWh), covered];
  const packed = bytesOf(fill.fills);
  let fills: Fill[];
  try {
    fills = unpackFills(packed);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    return [trees.broken("sale", "malformed")];
  }
  const found = fills[fill.position];
  const mine = { participant: certificate.participant, wh: fill.wh, offset: fill.offset };
  const same =
    found?.participant === mine.participant && found.wh === mine.wh && found.offset === mine.offset && fill.wh > 0;
  return [
    trees.equal("sale_print", proofs.fillsHash(packed), fill.stored_hash),
    same
      ? trees.holds("sale", { found: fill.wh })
      : trees.broken("sale", "differs", { expected: found?.wh ?? 0, found: fill.wh }),
    lineUp(fills, matchedWh, fill.chunk === 0),
    covered,
  ];
}

/** Without the neighbours' fills: only that the sale fits into what was matched can be seen. */
function withheldLines(fill: NonNullable<ProvenanceDocument["fill"]>, matchedWh: number): Line[] {
  const fits = fill.wh > 0 && fill.offset + fill.wh <= matchedWh;
  return [
    trees.unproved("sale", "withheld", { found: fill.wh }),
    fits
      ? trees.holds("sale_fits", { found: fill.wh, matched: matchedWh })
      : trees.broken("sale_fits", "beyond", { found: fill.wh, matched: matchedWh }),
  ];
}

/** Fills stand in order of their participants, end to end on each side's line, and none beyond what was matched. */
function lineUp(fills: readonly Fill[], matchedWh: number, isFirst: boolean): Line {
  const next: { buy?: number; sell?: number } = isFirst ? { buy: 0, sell: 0 } : {};
  let before = 0;
  for (const { participant, wh, offset } of fills) {
    const side = wh > 0 ? "sell" : "buy";
    const end = offset + Math.abs(wh);
    const inOrder = participant > before && (next[side] ?? offset) === offset && end <= matchedWh;
    if (!inOrder) return trees.broken("sales_line", "out_of_line", { participant, matched: matchedWh });
    before = participant;
    next[side] = end;
  }
  return trees.holds("sales_line", { matched: matchedWh });
}

function issueLines(document: ProvenanceDocument): Line[] {
  const { reading, fill, issue } = document;
  const { production_wh: made, consumption_wh: used } = issuedFrom(document);
  const ownUse = Math.min(made, used);
  // A correction that issues may find less than had been sold.
  const sold = reading.late ? 0 : Math.min(fill?.wh ?? 0, made - ownUse);
  return [
    trees.equal("own_use", ownUse, issue.own_use_wh),
    trees.equal("sold", sold, issue.sold_wh),
    trees.equal("minted", made - ownUse - sold, issue.minted_wh),
  ];
}

export function sameAccount(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Bytes of hexadecimal text that a document's reader has let through. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: (hex.length - 2) / 2 }, (_, at) =>
    Number.parseInt(hex.slice(2 + 2 * at, 4 + 2 * at), 16),
  );
}
