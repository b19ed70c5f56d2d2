/**
 * The data file of a consumption claim, version 1: which part of a month's consumption is matched, interval by interval.
 *
 * `services/api/models/claim.py` tells every field. Energy in Wh, times in unix seconds.
 */
import { MAX_INDEX, MAX_WH } from "../../units.js";
import * as shapes from "../provenance/shapes.js";
import { DocumentError, type ReadBy } from "../provenance/shapes.js";

export const FORMAT = "watt-commons/consumption-claim";
export const VERSION = 1;
/** A month of quarter hours with a statement in each of them stays below. */
export const LARGEST_CHARACTERS = 8_000_000;

/** Intervals of a month: 31 days of quarter hours and the hour of a clock set back, and as many of one minute. */
const MOST_INTERVALS = 31 * 24 * 60 + 60;
const account = shapes.text(/^0x[0-9a-fA-F]{40}$/);
const hash = shapes.text(/^0x[0-9a-f]{64}$/);
const word = shapes.text(/^[a-z_]{1,40}$/);
const name = shapes.text(/^[^\p{Cc}]{1,200}$/u);
const unix = shapes.whole(0, 2 ** 40);
const sum = shapes.whole(0, 2 ** 48);
const energy = shapes.whole(0, MAX_WH);
const count = shapes.whole(0, MOST_INTERVALS);
const number = shapes.whole(1, Number.MAX_SAFE_INTEGER);

const sums = shapes.object({
  intervals: count,
  unmeasured: count,
  consumption_wh: sum,
  own_use_wh: sum,
  bought_wh: sum,
  cancelled_wh: sum,
  matched_wh: sum,
  uncertified_wh: sum,
  share: shapes.optional(shapes.whole(0, 10_000)),
});

const claim = shapes.object({
  format: shapes.oneOf(FORMAT),
  version: shapes.whole(VERSION, VERSION),
  chain_id: number,
  registry: account,
  community: name,
  kind: word,
  participant: shapes.whole(1, MAX_INDEX),
  basis: shapes.oneOf("net", "gross"),
  source: word,
  month: shapes.text(/^[0-9]{4}-(0[1-9]|1[0-2])$/),
  over: shapes.flag,
  zone: shapes.text(/^[A-Za-z0-9_+/-]{1,64}$/),
  interval_minutes: shapes.whole(1, 60),
  start: unix,
  end: unix,
  expected_intervals: count,
  unread: count,
  waiting: count,
  order_of_use: shapes.list(word, 8),
  total: sums,
  days: shapes.list(shapes.object({ day: shapes.text(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/), sums }), 31),
  intervals: shapes.list(
    shapes.object({
      start: unix,
      measured: shapes.flag,
      consumption_wh: energy,
      own_use_wh: energy,
      bought_wh: energy,
      cancelled_wh: energy,
      uncertified_wh: energy,
      uses: shapes.list(
        shapes.object({ statement: number, certificate: shapes.text(/^[1-9][0-9]{0,19}$/), wh: energy }),
        10_000,
      ),
    }),
    MOST_INTERVALS,
  ),
  statements: shapes.list(
    shapes.object({
      statement: number,
      beneficiary: hash,
      purpose: hash,
      period_from: unix,
      period_to: unix,
      country: shapes.text(/^[A-Z]{2}$/),
      statement_hash: hash,
      claimed_wh: sum,
    }),
    MOST_INTERVALS,
  ),
  left_wh: sum,
  excluded: shapes.list(number, 50),
  proofs: shapes.list(shapes.text(/^[0-9a-f]{64}$/), 20),
});

export type ClaimDocument = ReadBy<typeof claim>;
export type ClaimInterval = ClaimDocument["intervals"][number];
export type ClaimSums = ClaimDocument["total"];

/** A file's text as a claim. Throws DocumentError. */
export function parseClaim(source: string): ClaimDocument {
  if (source.length > LARGEST_CHARACTERS) throw new DocumentError("too_large");
  return claim(shapes.parseJson(source), "");
}
