/**
 * The provenance document, version 1: what stands behind one certificate, for who wants to check it alone.
 *
 * `services/api/views/provenance.py` writes it and tells every field. Energy in Wh, prices in µ€/kWh, times in unix
 * seconds.
 */
import { MAX_INDEX, MAX_PRICE, MAX_WH, MIN_PRICE, PPM } from "../../units.js";
import * as shapes from "./shapes.js";
import { DocumentError, type ReadBy } from "./shapes.js";

export const FORMAT = "watt-commons/provenance";
export const VERSION = 1;
/** A document of the longest run and the largest chunk stays far below. */
export const LARGEST_CHARACTERS = 2_000_000;

const LATEST_UNIX = 2 ** 40;
const account = shapes.text(/^0x[0-9a-fA-F]{40}$/);
const hash = shapes.text(/^0x[0-9a-f]{64}$/);
const bytes = shapes.text(/^0x([0-9a-f]{2})*$/);
const code = shapes.text(/^[ -~]{0,64}$/);
const energy = shapes.whole(0, MAX_WH);
const signedEnergy = shapes.whole(-Number(MAX_WH), MAX_WH);
const sum = shapes.whole(0, 2 ** 48);
const price = shapes.whole(MIN_PRICE, MAX_PRICE);
const unix = shapes.whole(0, LATEST_UNIX);
const interval = shapes.whole(0, MAX_INDEX);
const index = shapes.whole(1, MAX_INDEX);
const count = shapes.whole(0, 2 ** 48);
const place = { block: count, tx_hash: hash };
const money = shapes.text(/^(0|-?[1-9][0-9]{0,19})$/);
const said = shapes.object({
  production_wh: energy,
  consumption_wh: energy,
  quality: shapes.oneOf("measured", "estimated", "corrected"),
});

const document = shapes.object({
  format: shapes.oneOf(FORMAT),
  version: shapes.whole(VERSION, VERSION),
  chain: shapes.object({
    chain_id: shapes.whole(1, Number.MAX_SAFE_INTEGER),
    block: count,
    block_hash: hash,
    at: unix,
    interval_minutes: shapes.whole(1, 60),
    k_ppm: shapes.whole(0, PPM),
    contracts: shapes.object({
      MemberRegistry: account,
      MeterLedger: account,
      TariffSchedule: account,
      EnergyMarket: account,
      GuaranteeOfOrigin: account,
    }),
  }),
  certificate: shapes.object({ id: shapes.text(/^[1-9][0-9]{0,19}$/), device: index, interval, participant: index }),
  device: shapes.object({
    technology: code,
    fuel: code,
    capacity_w: count,
    commissioned_at: unix,
    country: shapes.text(/^[A-Z]{2}$/),
    valid_until: unix,
  }),
  gateway: shapes.object({
    account,
    source: shapes.oneOf("gateway", "operator_file", "declared"),
    from_interval: interval,
    ...place,
  }),
  reading: shapes.object({
    production_wh: energy,
    consumption_wh: energy,
    quality: shapes.oneOf("measured", "estimated"),
    late: shapes.flag,
    basis: shapes.oneOf("net", "gross"),
    run: shapes.object({ first_interval: interval, readings: bytes, signature: bytes, ...place }),
  }),
  corrections: shapes.list(
    shapes.object({
      before: said,
      after: said,
      traded_wh: signedEnergy,
      value_neur: money,
      booked_neur: money,
      reason: hash,
      issued_here: shapes.flag,
      more_wh: energy,
      withdrawn_wh: energy,
      owed_wh: signedEnergy,
      at: unix,
      ...place,
    }),
    1_000,
  ),
  tariff: shapes.object({ retail: price, feed_in: price, network_fee: price }),
  clearing: shapes.optional(
    shapes.object({
      price: shapes.optional(price),
      lo: price,
      hi: price,
      matched_wh: shapes.whole(0, 2 ** 40 - 1),
      left_out: shapes.flag,
      ...place,
    }),
  ),
  fill: shapes.optional(
    shapes.object({
      chunk: count,
      /** Null: withheld, for it holds what neighbours traded. */
      fills: shapes.optional(bytes),
      stored_hash: shapes.text(/^0x[0-9a-f]{44}$/),
      position: count,
      wh: energy,
      offset: shapes.whole(0, 2 ** 40 - 1),
      ...place,
    }),
  ),
  issue: shapes.object({
    own_use_wh: energy,
    sold_wh: energy,
    minted_wh: energy,
    holder: shapes.optional(account),
    at: unix,
    ...place,
  }),
  moves: shapes.list(
    shapes.object({
      kind: shapes.oneOf(
        "issued_more",
        "claimed",
        "transferred",
        "cancelled",
        "withdrawn",
        "recovered",
        "locked",
        "released",
        "exported",
      ),
      wh: energy,
      source: shapes.optional(account),
      target: shapes.optional(account),
      statement: shapes.optional(count),
      reason: shapes.optional(hash),
      at: unix,
      ...place,
    }),
    10_000,
  ),
  statements: shapes.list(
    shapes.object({
      statement: count,
      holder: account,
      beneficiary: hash,
      purpose: hash,
      period_from: unix,
      period_to: unix,
      country: shapes.text(/^[A-Z]{2}$/),
      statement_hash: hash,
      total_wh: sum,
      at: unix,
    }),
    10_000,
  ),
  holdings: shapes.list(shapes.object({ holder: account, wh: energy }), 10_000),
  waiting_wh: energy,
  proves: shapes.list(shapes.text(/^[a-z_]{1,40}$/), 20),
  does_not_prove: shapes.list(shapes.text(/^[a-z_]{1,40}$/), 20),
});

export type ProvenanceDocument = ReadBy<typeof document>;

/** A file's text as a document. Throws DocumentError with what is wrong, and where. */
export function parseDocument(source: string): ProvenanceDocument {
  if (source.length > LARGEST_CHARACTERS) throw new DocumentError("too_large");
  return documentOf(shapes.parseJson(source));
}

/** A parsed value as a document. Throws DocumentError. */
export function documentOf(value: unknown): ProvenanceDocument {
  const isOurs = typeof value === "object" && value !== null && "format" in value && value.format === FORMAT;
  if (!isOurs) throw new DocumentError("wrong_value");
  if (!("version" in value) || value.version !== VERSION) throw new DocumentError("wrong_version", "version");
  return document(value, "");
}
