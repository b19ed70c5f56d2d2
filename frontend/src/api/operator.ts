/** What operators, the metering operator and the treasurer ask. */
import type { Http } from "./http.js";
import type { Schema } from "./types.js";

export type OperatorOverview = Schema<"OperatorOverview">;
export type Members = Schema<"Members">;
export type MemberRow = Schema<"MemberRow">;
export type ParticipantRow = Schema<"ParticipantRow">;
export type Treasury = Schema<"Treasury">;
export type Enrolment = Schema<"Enrolment">;
export type EnrolmentOfCode = Schema<"EnrolmentOfCode">;
export type ProfileCommitment = Schema<"ProfileCommitment">;

export const overview = (http: Http, abort?: AbortSignal) =>
  http.get<OperatorOverview>("/v1/operator/overview", {}, abort);
export const members = (http: Http, abort?: AbortSignal) => http.get<Members>("/v1/operator/members", {}, abort);
export const treasury = (http: Http, cursor?: string, abort?: AbortSignal) =>
  http.get<Treasury>("/v1/operator/treasury", { cursor }, abort);
export const newProfile = (http: Http, profile: Schema<"NewProfile">) =>
  http.send<ProfileCommitment>("POST", "/v1/operator/profiles", profile);
export const nameMember = (http: Http, draft: string, member: number) =>
  http.send<unknown>("PUT", `/v1/operator/profiles/${encodeURIComponent(draft)}/member`, { member });
export const enrolments = (http: Http, abort?: AbortSignal) => http.get<Enrolment[]>("/v1/enrolments", {}, abort);
export const bringEnrolment = (http: Http, content: string) =>
  http.send<Enrolment>("POST", "/v1/enrolments", { content });
/** Makes an enrolment of what a gateway shows. */
export const enrolCode = (http: Http, given: EnrolmentOfCode) =>
  http.send<Enrolment>("POST", "/v1/enrolments/codes", given);
export const signEnrolment = (http: Http, draft: string, party: "member" | "metering_operator", signature: string) =>
  http.send<Enrolment>("POST", `/v1/enrolments/${encodeURIComponent(draft)}/signatures`, { party, signature });
export const dropEnrolment = (http: Http, draft: string) =>
  http.send<undefined>("DELETE", `/v1/enrolments/${encodeURIComponent(draft)}`);
export const skippedRuns = (http: Http, abort?: AbortSignal) =>
  http.get<Schema<"SkippedRuns">>("/v1/operator/skipped", { limit: 20 }, abort);
export const statementsOf = (http: Http, month: string, format: "csv" | "zip") =>
  http.download(`/v1/operator/statements/${month}`, { format });
export const keysOf = (http: Http, month: string, producer: number) =>
  http.download(`/v1/operator/keys/${month}`, { producer });
