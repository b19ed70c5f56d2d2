/** Giving, refusing and withdrawing a consent: one signature each, sent on for the member. */
import type { Address, Hex } from "viem";
import { endConsent, giveConsent, rejectConsent } from "../api/consents.js";
import type { App } from "../app/context.js";
import { WalletFailure } from "../wallet/provider.js";
import { askedBy } from "./chainCall.js";
import { signingDeadline } from "./deadline.js";
import { followed } from "./outcome.js";
import type { ReviewTerms } from "./review.js";
import { signingDomain, signingWallet, signTyped } from "./signed.js";

/** The contract's numbers of what may be read. */
const GRANULARITY: Readonly<Record<string, number>> = { daily: 1, interval: 2, comparison: 3, third_party: 4 };
const IMPORTS = 1;
const EXPORTS = 2;

/** What is given. `purpose`: 32 bytes in hexadecimal; times in unix seconds; `request`: the one it answers, or 0. */
export interface Grant {
  readonly participant: number;
  readonly grantee: string;
  readonly purpose: string;
  readonly imports: boolean;
  readonly exports: boolean;
  readonly granularity: string;
  readonly frequency: number;
  readonly valid_from: number;
  readonly valid_until: number;
  readonly request: number;
}

/** True when it is given. */
export function grantConsent(app: App, grant: Grant, review: ReviewTerms): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const { domain, deadline, wallet } = setting(app);
    const [{ consentMessage }, { nonceOf }] = await Promise.all([
      import("../chain/typedData.js"),
      import("../chain/nonces.js"),
    ]);
    const nonce = await nonceOf(askedBy(app.http), domain.verifyingContract, wallet);
    const terms = {
      participant: grant.participant,
      grantee: grant.grantee as Address,
      directions: (grant.imports ? IMPORTS : 0) + (grant.exports ? EXPORTS : 0),
      granularity: GRANULARITY[grant.granularity] ?? 0,
      readsPerDay: grant.frequency,
      purpose: grant.purpose as Hex,
      validFromUnix: BigInt(grant.valid_from),
      validUntilUnix: BigInt(grant.valid_until),
    };
    const message = consentMessage(domain, BigInt(grant.request), terms, nonce, BigInt(deadline));
    const signature = await signTyped(app, message);
    progress("sending");
    // Field by field: what is given may be a whole consent, of which the server takes these alone.
    const { participant, grantee, purpose, imports, exports, granularity, frequency } = grant;
    const { valid_from, valid_until, request } = grant;
    const what = { participant, grantee, purpose, imports, exports, granularity, frequency };
    const when = { valid_from, valid_until, request, nonce: Number(nonce), deadline };
    const sent = await giveConsent(app.http, { ...what, ...when, signature });
    await followed(app.http, sent);
    return true as const;
  });
}

/** Takes a consent back. True when nothing more is read. */
export function withdrawConsent(app: App, consent: number, review: ReviewTerms): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const { domain, deadline } = setting(app);
    const { revocationMessage } = await import("../chain/typedData.js");
    const signature = await signTyped(app, revocationMessage(domain, BigInt(consent), BigInt(deadline)));
    progress("sending");
    await followed(app.http, await endConsent(app.http, { consent, deadline, signature }));
    return true as const;
  });
}

/** Says no to a request. */
export function refuseConsent(app: App, consent: number, review: ReviewTerms): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const { domain, deadline } = setting(app);
    const { rejectionMessage } = await import("../chain/typedData.js");
    const signature = await signTyped(app, rejectionMessage(domain, BigInt(consent), BigInt(deadline)));
    progress("sending");
    await followed(app.http, await rejectConsent(app.http, { consent, deadline, signature }));
    return true as const;
  });
}

function setting(app: App) {
  const community = app.community.value;
  const wallet = signingWallet(app).address.value;
  if (!community || !wallet) throw new WalletFailure("noAccount");
  return { domain: signingDomain(community, "ConsentRegistry"), deadline: signingDeadline(app), wallet };
}
