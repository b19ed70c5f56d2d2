/**
 * The enrolment file as the pages need it: who joins with which key, and what member and metering operator sign.
 *
 * `watt enrolment new` writes it and tells every field; the server checks it before anybody sees it.
 */
import { MAX_INDEX, MAX_WH } from "../units.js";
import * as shapes from "./provenance/shapes.js";
import type { ReadBy } from "./provenance/shapes.js";

const account = shapes.text(/^0x[0-9a-fA-F]{40}$/);
const index = shapes.whole(0, MAX_INDEX);
const moment = shapes.text(/^[0-9TZ:+ .-]{1,40}$/);
const signature = shapes.optional(shapes.object({ signer: account, signature: shapes.text(/^0x[0-9a-f]{130}$/) }));
const key = {
  gateway: account,
  source: shapes.oneOf("gateway", "operator_file", "declared"),
  from_interval: index,
  from_utc: moment,
  deadline_unix: shapes.whole(0, 2 ** 40),
  deadline_utc: moment,
};
const joining = shapes.object({
  member: index,
  basis: shapes.oneOf("net", "gross"),
  import_w: shapes.whole(0, MAX_WH),
  export_w: shapes.whole(0, MAX_WH),
  ...key,
  commitment: shapes.text(/^0x[0-9a-f]{64}$/),
});
const rotating = shapes.object({ participant: index, nonce: index, ...key });
const file = <Kind extends string, Terms>(kind: Kind, terms: shapes.Read<Terms>) =>
  shapes.object({
    version: shapes.whole(1, 1),
    kind: shapes.oneOf(kind),
    code: shapes.text(/^[ -~]{1,400}$/),
    interval_minutes: shapes.whole(1, 60),
    member: shapes.object({ index, wallet: account }),
    terms,
    signatures: shapes.object({ member: signature, metering_operator: signature }),
  });
const enrolment = file("enrolment", joining);
const rotation = file("rotation", rotating);

export type EnrolmentFile = ReadBy<typeof enrolment> | ReadBy<typeof rotation>;

/** The contract's numbers. */
export const BASES = { net: 0, gross: 1 } as const;
export const SOURCES = { gateway: 1, operator_file: 2, declared: 3 } as const;

/** Throws DocumentError with what is wrong, and where. */
export function parseEnrolment(source: string): EnrolmentFile {
  const value = shapes.parseJson(source);
  const isRotation = typeof value === "object" && value !== null && "kind" in value && value.kind === "rotation";
  return isRotation ? rotation(value, "") : enrolment(value, "");
}
