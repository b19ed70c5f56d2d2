/** What the operator typed of a metering point that is to join, or which fields are wrong. */
import type { EnrolmentOfCode } from "../../api/operator.js";
import { parseDecimal } from "../../domain/decimals.js";

/** As typed. Powers in kW; `day`: the local day it begins with, `2026-04-01`. */
export interface EnrolForm {
  readonly code: string;
  readonly member: string;
  readonly label: string;
  readonly prm: string;
  readonly address: string;
  readonly basis: "net" | "gross";
  readonly source: "gateway" | "operator_file" | "declared";
  readonly importKw: string;
  readonly exportKw: string;
  readonly day: string;
}

export interface ReadEnrolment {
  readonly enrolment?: EnrolmentOfCode;
  readonly wrong: readonly (keyof EnrolForm)[];
}

const CODE = /^watt-enrol:[!-~]{1,389}$/;
const MOST_W = 2n ** 24n - 1n;

/** Whether a code replaces the key of a metering point that is enrolled already. */
export function replacesKey(code: string): boolean {
  return /[?&]participant=/.test(code);
}

/** `intervalAt`: the first interval of a local day. */
export function enrolmentOf(form: EnrolForm, intervalAt: (day: string) => number): ReadEnrolment {
  const code = form.code.trim();
  const [label, prm, address] = [form.label.trim(), form.prm.replace(/\s/g, ""), form.address.trim()];
  const [imports, exports] = [watts(form.importKw), watts(form.exportKw)];
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(form.day);
  const joins = !replacesKey(code);
  const wrong: (keyof EnrolForm)[] = [];
  if (!CODE.test(code)) wrong.push("code");
  if (!isDay) wrong.push("day");
  if (joins) {
    if (!/^[1-9]\d*$/.test(form.member)) wrong.push("member");
    if (label === "" || label.length > 80) wrong.push("label");
    if (prm !== "" && !/^\d{14}$/.test(prm)) wrong.push("prm");
    if (address.length > 200) wrong.push("address");
    if (imports === undefined) wrong.push("importKw");
    if (exports === undefined) wrong.push("exportKw");
  }
  if (wrong.length > 0) return { wrong };
  const key = { code, source: form.source, from_interval: intervalAt(form.day) };
  if (!joins) return { wrong, enrolment: key };
  return {
    wrong,
    enrolment: {
      ...key,
      member: Number(form.member),
      basis: form.basis,
      import_w: imports ?? 0,
      export_w: exports ?? 0,
      point: { label, prm: prm || null, address: address || null },
    },
  };
}

function watts(kw: string): number | undefined {
  const found = parseDecimal(kw, 3);
  return found !== undefined && found >= 0n && found <= MOST_W ? Number(found) : undefined;
}
