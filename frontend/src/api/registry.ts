/** What is asked about certificates, points and the community's sums. */
import type { Http } from "./http.js";
import type { Schema } from "./types.js";

export type Certificate = Schema<"Certificate">;
export type Certificates = Schema<"Certificates">;
export type CertificateEvent = Schema<"CertificateEvent">;
export type CertificateLife = Schema<"CertificateLife">;
export type Statement = Schema<"Statement">;
export type Offer = Schema<"Offer">;
export type Points = Schema<"Points">;
export type OwnOffer = Schema<"OwnOffer">;
export type Voucher = Schema<"Voucher">;
export type Targets = Schema<"Targets">;
export type TargetProgress = Schema<"TargetProgress">;
export type Overview = Schema<"Overview">;
type Intent = Schema<"Intent">;

/** `from`, `to`: unix seconds of production; `state`: what the Wh are to the asker. */
export interface CertificateQuery {
  readonly cursor?: string | undefined;
  readonly limit?: number;
  readonly state?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Only those of which the asker holds something. */
  readonly held?: true | undefined;
}

export const certificates = (http: Http, query: CertificateQuery, abort?: AbortSignal) =>
  http.get<Certificates>("/v1/me/certificates", { ...query }, abort);
export const certificateLife = (http: Http, id: string, abort?: AbortSignal) =>
  http.get<CertificateLife>(`/v1/certificates/${encodeURIComponent(id)}`, {}, abort);
export const provenance = (http: Http, id: string, abort?: AbortSignal) =>
  http.get<Schema<"Provenance">>(`/v1/certificates/${encodeURIComponent(id)}/provenance`, {}, abort);
/** The file that proves itself against the chain's own roots, for auditors and the issuing body. */
export const proofFile = (http: Http, id: string) => http.download(`/v1/certificates/${encodeURIComponent(id)}/proof`);
export const statements = (http: Http, abort?: AbortSignal) => http.get<Statement[]>("/v1/me/statements", {}, abort);
export const sendCancellation = (http: Http, request: Schema<"CancellationRequest">) =>
  http.send<Intent>("POST", "/v1/certificates/cancellations", request);

export const offers = (http: Http, abort?: AbortSignal) => http.get<Offer[]>("/v1/offers", {}, abort);
/** Of the partner who asks. */
export const ownOffers = (http: Http, abort?: AbortSignal) => http.get<OwnOffer[]>("/v1/me/offers", {}, abort);
export const keepOfferText = (http: Http, text: Schema<"OfferText">) =>
  http.send<Schema<"KeptText">>("POST", "/v1/offers/texts", text);
export const points = (http: Http, abort?: AbortSignal) => http.get<Points>("/v1/me/points", {}, abort);
export const targets = (http: Http, participant: number, abort?: AbortSignal) =>
  http.get<Targets>(`/v1/participants/${participant}/targets`, {}, abort);
export const redeem = (http: Http, request: Schema<"RedemptionRequest">) =>
  http.send<Intent>("POST", "/v1/points/redemptions", request);

export const overview = (http: Http, period: Schema<"Period">, date: string, abort?: AbortSignal) =>
  http.get<Overview>("/v1/community/overview", { period, date }, abort);
