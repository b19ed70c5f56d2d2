/** What is asked about consents and one's own data. */
import type { Http } from "./http.js";
import type { Schema } from "./types.js";

export type Consent = Schema<"Consent">;
export type Consents = Schema<"Consents">;
export type ConsentLog = Schema<"ConsentLog">;
export type Erasure = Schema<"Erasure">;

/** What a consent may be given for, and to whom; a member may also name others. */
export type ConsentChoices = Schema<"ConsentChoices">;
type Intent = Schema<"Intent">;

export const consents = (http: Http, abort?: AbortSignal) => http.get<Consents>("/v1/consents", {}, abort);
export const consentChoices = (http: Http, abort?: AbortSignal) =>
  http.get<ConsentChoices>("/v1/consents/choices", {}, abort);
export const consentLog = (http: Http, consent: number, abort?: AbortSignal) =>
  http.get<ConsentLog>(`/v1/consents/${consent}/log`, {}, abort);
export const giveConsent = (http: Http, grant: Schema<"ConsentGrant">) =>
  http.send<Intent>("POST", "/v1/consents", grant);
export const endConsent = (http: Http, end: Schema<"ConsentEnd">) =>
  http.send<Intent>("POST", `/v1/consents/${end.consent}/end`, end);
export const rejectConsent = (http: Http, end: Schema<"ConsentEnd">) =>
  http.send<Intent>("POST", `/v1/consents/${end.consent}/reject`, end);
export const myData = (http: Http) => http.download("/v1/me/data");
export const eraseMyData = (http: Http) => http.send<Erasure>("DELETE", "/v1/me/data");
