/**
 * Corrections of the reading behind a certificate: each begins where the one before ended, is worth what the grid's
 * prices say, and changed the certificate by as much as it changed the production. That they are true no file can show.
 */
import { valueOf } from "../../units.js";
import type { ProvenanceDocument } from "./document.js";
import * as trees from "./tree.js";
import type { Line } from "./tree.js";

type Correction = ProvenanceDocument["corrections"][number];
type Said = Correction["before"];

/** The reading that the certificate's issue rests on: the signed one, or the correction that issued it. */
export function issuedFrom({ reading, corrections }: ProvenanceDocument): Said {
  return corrections.find(({ issued_here: here }) => here)?.after ?? reading;
}

/** The reading that stands there now. */
export function standing({ reading, corrections }: ProvenanceDocument): Said {
  return corrections.at(-1)?.after ?? reading;
}

export function correctionLines(document: ProvenanceDocument): Line[] {
  const { corrections, reading } = document;
  let before: Said = reading;
  const lines: Line[] = [];
  for (const [index, one] of corrections.entries()) {
    const number = index + 1;
    const facts = {
      number,
      made: one.after.production_wh,
      used: one.after.consumption_wh,
      wasMade: one.before.production_wh,
      wasUsed: one.before.consumption_wh,
      at: one.at,
    };
    if (!same(before, one.before) || one.after.quality !== "corrected") {
      return [...lines, trees.broken("correction", "other_reading", facts)];
    }
    lines.push(
      trees.unproved("correction", "unsigned", facts),
      trees.equal("correction_money", moneyOf(document, one), one.value_neur, { number }),
      trees.equal("correction_traded", tradedOf(document, one), one.traded_wh, { number }),
      trees.equal("correction_certificate", differenceOf(one), followed(one), { number }),
    );
    before = one.after;
  }
  return lines;
}

/** g(new − traded) − g(old − traded), in n€: g is worth the feed-in price above zero and the grid's below. */
function moneyOf({ tariff }: ProvenanceDocument, { before, after, traded_wh: traded }: Correction): string {
  const worth = ({ production_wh: made, consumption_wh: used }: Said): bigint => {
    const rest = made - used - traded;
    return valueOf(rest, rest >= 0 ? tariff.feed_in : tariff.retail);
  };
  return (worth(after) - worth(before)).toString();
}

/** What was sold by the published sale; where nothing was sold, what was bought is as the file says. */
function tradedOf({ fill, reading }: ProvenanceDocument, { traded_wh: traded }: Correction): number {
  if (reading.late) return 0;
  return fill === null ? Math.min(traded, 0) : fill.wh;
}

/** Wh of certificates that the change of production calls for; what a first issue covers is not in it. */
function differenceOf({ before, after, issued_here: issuedHere }: Correction): number {
  const earned = before.quality === "estimated" ? 0 : before.production_wh;
  return issuedHere ? 0 : after.production_wh - earned;
}

function followed({ more_wh: more, withdrawn_wh: withdrawn, owed_wh: owed }: Correction): number {
  return more - withdrawn - owed;
}

function same(one: Said, other: Said): boolean {
  return (
    one.production_wh === other.production_wh &&
    one.consumption_wh === other.consumption_wh &&
    one.quality === other.quality
  );
}
