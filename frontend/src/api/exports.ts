/** What is asked about groups of 1 MWh for a national registry. */
import type { Http } from "./http.js";
import type { Schema } from "./types.js";

export type ExportPlan = Schema<"ExportPlan">;
export type DeviceExports = Schema<"DeviceExports">;
export type ExportGroup = Schema<"ExportGroup">;
export type ExportGroups = Schema<"ExportGroups">;
export type ExportAnswer = Schema<"ExportAnswer">;

const GROUPS = "/registry/v1/export_group";

export const exportPlan = (http: Http, abort?: AbortSignal) => http.get<ExportPlan>("/v1/me/export-plan", {}, abort);
export const exportGroups = (http: Http, cursor?: string, abort?: AbortSignal) =>
  http.get<ExportGroups>("/v1/me/export-groups", { cursor }, abort);
/** Which certificates make, or fill, the next group of a plant. */
export const nextGroup = (http: Http, device: number) =>
  http.send<ExportAnswer>("POST", `${GROUPS}/fill`, { device_id: device });
export const groupRelease = (http: Http, group: number) =>
  http.send<ExportAnswer>("POST", `${GROUPS}/release`, { group });
export const groupFile = (http: Http, group: number) => http.download(`${GROUPS}/${group}/file`, { format: "csv" });
