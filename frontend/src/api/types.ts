/** What the server answers and takes, by name; generated from its description (`npm run types`). */
import type { components } from "../generated/api.js";

export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

export type Community = Schema<"Community">;
export type Curves = Schema<"Curves">;
export type DevnetWallet = Schema<"DevnetWallet">;
export type Energy = Schema<"Energy">;
export type Correction = Schema<"CorrectionEntry">;
export type EnergyBucket = Schema<"EnergyBucket">;
export type Flows = Schema<"Flows">;
export type GridPrice = Schema<"GridPrice">;
export type GridPrices = Schema<"GridPrices">;
export type Home = Schema<"Home">;
export type Intent = Schema<"Intent">;
export type IntervalResult = Schema<"IntervalResult">;
export type IntervalResults = Schema<"IntervalResults">;
export type LatestReading = Schema<"LatestReading">;
export type Me = Schema<"Me">;
export type NodeAddress = Schema<"NodeAddress">;
export type Orders = Schema<"Orders">;
export type OrderShown = Schema<"OrderShown">;
export type OrderTerms = Schema<"OrderTerms">;
export type Participant = Schema<"Participant">;
export type Period = Schema<"Period">;
export type Session = Schema<"Session">;
export type SignInChallenge = Schema<"SignInChallenge">;
export type Step = Schema<"Step">;
export type Supplies = Schema<"Supplies">;
export type TargetNow = Schema<"TargetNow">;
