/** One function for each question to the server. Screens of their own folder may add theirs beside them. */
import type { Http } from "./http.js";
import type * as api from "./types.js";

/** A span of unix seconds: [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type ExportFormat = "csv" | "green_button";

/** What is asked about everybody. */
export const community = (http: Http, abort?: AbortSignal) => http.get<api.Community>("/v1/community", {}, abort);
export const devnetWallets = (http: Http) => http.get<api.DevnetWallet[]>("/v1/devnet/wallets");

/** Who is signed in, and how one gets there. */
export const challenge = (http: Http, account: string) =>
  http.send<api.SignInChallenge>("POST", "/v1/session/challenge", { account });
export const openSession = (http: Http, message: string, signature: string) =>
  http.send<api.Session>("POST", "/v1/session", { message, signature });
export const closeSession = (http: Http) => http.send<undefined>("DELETE", "/v1/session");
/** Where the member's wallet reaches the node: it sends no cookie of ours. */
export const nodeAddress = (http: Http) => http.send<api.NodeAddress>("POST", "/v1/session/node");
export const me = (http: Http, abort?: AbortSignal) => http.get<api.Me>("/v1/me", {}, abort);

/** A participant's own. `date` is a local day, `2026-04-01`. */
export const home = (http: Http, participant: number, abort?: AbortSignal) =>
  http.get<api.Home>(`/v1/participants/${participant}/home`, {}, abort);
export const energy = (http: Http, participant: number, period: api.Period, date: string, abort?: AbortSignal) =>
  http.get<api.Energy>(`/v1/participants/${participant}/energy`, { period, date }, abort);
export const supplies = (http: Http, participant: number, span: Span, abort?: AbortSignal) =>
  http.get<api.Supplies>(`/v1/participants/${participant}/supplies`, { ...span }, abort);
export const orders = (http: Http, participant: number, abort?: AbortSignal) =>
  http.get<api.Orders>(`/v1/participants/${participant}/orders`, {}, abort);
export const exportFile = (http: Http, participant: number, format: ExportFormat, span: Span) =>
  http.download(`/v1/participants/${participant}/export`, { format, ...span });
export const claimPdf = (http: Http, participant: number, month: string, lang: string) =>
  http.download(`/v1/participants/${participant}/claims/${month}`, { format: "pdf", lang });
export const statementPdf = (http: Http, participant: number, month: string, lang: string) =>
  http.download(`/v1/participants/${participant}/statements/${month}`, { format: "pdf", lang });

export const callPoint = (http: Http, participant: number, label: string) =>
  http.send<undefined>("PUT", `/v1/participants/${participant}/label`, { label });

/** The market. */
export const marketIntervals = (http: Http, cursor?: string, limit = 48, abort?: AbortSignal) =>
  http.get<api.IntervalResults>("/v1/market/intervals", { cursor, limit }, abort);
export const gridPrices = (http: Http, span: Span, abort?: AbortSignal) =>
  http.get<api.GridPrices>("/v1/market/prices", { ...span }, abort);
export const curves = (http: Http, interval: number, participant: number, abort?: AbortSignal) =>
  http.get<api.Curves>(`/v1/market/intervals/${interval}/curves`, { participant }, abort);
export const placeOrder = (http: Http, order: api.OrderTerms, signature: string) =>
  http.send<api.Intent>("POST", "/v1/orders", { order, signature });
export const endOrders = (
  http: Http,
  end: { participant: number; standing: boolean; nonce: number; deadline: number; signature: string },
) => http.send<api.Intent>("POST", "/v1/orders/end", end);
export const intent = (http: Http, id: string) => http.get<api.Intent>(`/v1/intents/${encodeURIComponent(id)}`);
