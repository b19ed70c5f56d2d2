/**
 * Everything that is signed, as EIP-712 messages: one function a message.
 *
 * Each gives what viem's `signTypedData` and `hashTypedData` take. Deadlines are the last unix second to land.
 */
import { toHex, type Address, type TypedData, type TypedDataDefinition } from "viem";
import type { Order } from "../domain/orders.js";
import { packReadings } from "../domain/packing.js";
import type { Run } from "../domain/readings.js";
import type { NanoEur, ParticipantIndex } from "../units.js";
import {
  cancellationTypes,
  cancelTypes,
  consentTypes,
  enrolmentTypes,
  orderTypes,
  permitTypes,
  redemptionTypes,
  rejectionTypes,
  revocationTypes,
  rotationTypes,
  runTypes,
  spreadOrderTypes,
  withdrawalTypes,
} from "./signingTypes.js";

/** Where a signature counts: one contract on one chain. Elsewhere it is worth nothing. */
export interface SigningDomain {
  readonly name: string;
  readonly version: "1";
  readonly chainId: number;
  readonly verifyingContract: Address;
}

type Fields<Types extends TypedData, Name extends keyof Types & string> = TypedDataDefinition<Types, Name>["message"];

/** The terms of an enrolment: basis 0 net, 1 gross; source 1 gateway, 2 operator's file, 3 declared; powers in W. */
export type EnrolmentTerms = Fields<typeof enrolmentTypes, "Enrolment">;
/** The terms of a change of gateway key; source as in an enrolment. */
export type RotationTerms = Fields<typeof rotationTypes, "Rotation">;
/** What certificates are cancelled for: beneficiary, purpose, period in unix seconds, country (ISO 3166 alpha-2). */
export type Statement = Fields<typeof cancellationTypes, "Statement">;

/** What is consented to: directions 1 import, 2 export, 3 both; granularity 1 daily, 2 interval, 3 comparison, 4 third party. */
export type ConsentTerms = Omit<Fields<typeof consentTypes, "Consent">, "request" | "nonce" | "deadlineUnix">;

/** What a gateway signs: a run of readings. Domain: MeterLedger. */
export function runMessage(domain: SigningDomain, run: Run) {
  const { participant, first } = run;
  const readings = toHex(packReadings(run.readings));
  return message(domain, runTypes, "Run", { participant, firstInterval: first, readings });
}

/** What a member signs to bid in prices or in shares of the spread: two messages. Domain: OrderBook. */
export function orderMessage(domain: SigningDomain, order: Order) {
  const { participant, standing, limits, fromInterval, toInterval, nonce, deadlineUnix } = order;
  const who = { participant, standing };
  const tail = {
    buyCapWhPerInterval: order.buyCapWh,
    sellCapWhPerInterval: order.sellCapWh,
    fromInterval,
    toInterval,
    nonce,
    deadlineUnix,
  };
  if (limits.kind === "share") {
    const shares = { buySharePpm: limits.buy, sellSharePpm: limits.sell };
    return message(domain, spreadOrderTypes, "SpreadOrder", { ...who, ...shares, ...tail });
  }
  const prices = { buyLimitMicroEurPerKwh: limits.buy, sellLimitMicroEurPerKwh: limits.sell };
  return message(domain, orderTypes, "Order", { ...who, ...prices, ...tail });
}

/** What a member signs to cancel dated orders, and with `standing` the standing order too. Domain: OrderBook. */
export function cancelMessage(
  domain: SigningDomain,
  participant: ParticipantIndex,
  standing: boolean,
  nonce: number,
  deadlineUnix: bigint,
) {
  return message(domain, cancelTypes, "Cancel", { participant, standing, nonce, deadlineUnix });
}

/** What a member signs to be paid out. Domain: EnergyMarket. */
export function withdrawalMessage(
  domain: SigningDomain,
  participant: ParticipantIndex,
  amountNeur: NanoEur,
  nonce: bigint,
  deadlineUnix: bigint,
) {
  return message(domain, withdrawalTypes, "Withdrawal", { participant, amountNeur, nonce, deadlineUnix });
}

/** What member and metering operator sign to enrol a metering point. Domain: MemberRegistry. */
export function enrolmentMessage(domain: SigningDomain, terms: EnrolmentTerms) {
  return message(domain, enrolmentTypes, "Enrolment", terms);
}

/** What member and metering operator sign to replace a gateway key. Domain: MemberRegistry. */
export function rotationMessage(domain: SigningDomain, terms: RotationTerms) {
  return message(domain, rotationTypes, "Rotation", terms);
}

/** What a member signs to spend Ecopoints, price in mPt (0.001 point). Domain: Ecopoints. */
export function redemptionMessage(
  domain: SigningDomain,
  member: Address,
  offer: number,
  priceMilliPoints: bigint,
  nonce: bigint,
  deadline: bigint,
) {
  return message(domain, redemptionTypes, "Redemption", { member, offer, priceMilliPoints, nonce, deadline });
}

/** What a holder signs to cancel certificates, amounts in Wh. Domain: GuaranteeOfOrigin. */
export function cancellationMessage(
  domain: SigningDomain,
  holder: Address,
  ids: readonly bigint[],
  amounts: readonly bigint[],
  terms: Statement,
  nonce: bigint,
  deadline: bigint,
) {
  return message(domain, cancellationTypes, "Cancellation", { holder, ids, amounts, terms, nonce, deadline });
}

/** What a member signs to give a consent; `request` is the one it answers, 0 for none. Domain: ConsentRegistry. */
export function consentMessage(
  domain: SigningDomain,
  request: bigint,
  terms: ConsentTerms,
  nonce: bigint,
  deadlineUnix: bigint,
) {
  return message(domain, consentTypes, "Consent", { request, ...terms, nonce, deadlineUnix });
}

/** What a member signs to say no to a request for a consent. Domain: ConsentRegistry. */
export function rejectionMessage(domain: SigningDomain, consent: bigint, deadlineUnix: bigint) {
  return message(domain, rejectionTypes, "Rejection", { consent, deadlineUnix });
}

/** What a member signs to take a consent back: its number is enough. Domain: ConsentRegistry. */
export function revocationMessage(domain: SigningDomain, consent: bigint, deadlineUnix: bigint) {
  return message(domain, revocationTypes, "Revocation", { consent, deadlineUnix });
}

/** ERC-2612: what a member signs to let somebody move euro, `value` in n€. Domain: CommunityEuro. */
export function permitMessage(
  domain: SigningDomain,
  owner: Address,
  spender: Address,
  value: NanoEur,
  nonce: bigint,
  deadline: bigint,
) {
  return message(domain, permitTypes, "Permit", { owner, spender, value, nonce, deadline });
}

function message<const Types extends TypedData, Name extends keyof Types & string>(
  domain: SigningDomain,
  types: Types,
  primaryType: Name,
  fields: Fields<Types, Name>,
) {
  return { domain, types, primaryType, message: fields };
}
