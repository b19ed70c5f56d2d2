/** Using certificates with a statement (signed, sent on for the member), and handing them on (the wallet's own). */
import type { Address, Hex } from "viem";
import { sendCancellation } from "../api/registry.js";
import type { App } from "../app/context.js";
import type { Allocation } from "../domain/allocation.js";
import { WalletFailure } from "../wallet/provider.js";
import { askedBy } from "./chainCall.js";
import { signingDeadline } from "./deadline.js";
import { followed } from "./outcome.js";
import type { ReviewTerms } from "./review.js";
import { signingDomain, signingWallet, signTyped } from "./signed.js";
import { sendCall, type RefusalWords } from "./transaction.js";

/** What a use is for. `beneficiary`: a name, kept off the chain; `purpose`: a code; the period in unix seconds. */
export interface UseTerms {
  readonly beneficiary: string;
  readonly purpose: string;
  readonly periodFrom: number;
  readonly periodTo: number;
}

/**
 * Uses certificates for good. Gives the statement's file for the member to keep, or undefined when the member does
 * not want to. Failures are told in the review.
 */
export async function cancelCertificates(
  app: App,
  taken: Allocation,
  terms: UseTerms,
  review: ReviewTerms,
): Promise<{ readonly file: Blob } | undefined> {
  return app.review.run(review, async (progress) => {
    const community = app.community.value;
    const holder = signingWallet(app).address.value;
    if (!community || !holder) throw new WalletFailure("noAccount");
    const [statements, typedData, { nonceOf }] = await Promise.all([
      import("../chain/statements.js"),
      import("../chain/typedData.js"),
      import("../chain/nonces.js"),
    ]);
    const domain = signingDomain(community, "GuaranteeOfOrigin");
    const salt = statements.newSalt((bytes) => crypto.getRandomValues(bytes));
    const document = {
      format: "watt-commons/statement",
      version: 1,
      chain_id: community.chain_id,
      contract: domain.verifyingContract,
      holder,
      beneficiary: terms.beneficiary,
      salt,
      purpose: terms.purpose,
      period_from: terms.periodFrom,
      period_to: terms.periodTo,
      country: community.country,
      certificates: taken.ids.map((id, at) => [id.toString(), taken.amountsWh[at] ?? 0] as const),
    } as const;
    const shared = {
      beneficiary: statements.beneficiaryCommitment(salt, terms.beneficiary),
      purpose: statements.purposeCode(terms.purpose),
    };
    const print = statements.statementHash(document);
    const nonce = await nonceOf(askedBy(app.http), domain.verifyingContract, holder);
    const deadline = signingDeadline(app);
    const message = typedData.cancellationMessage(
      domain,
      holder,
      taken.ids,
      taken.amountsWh.map(BigInt),
      {
        ...shared,
        periodFrom: BigInt(terms.periodFrom),
        periodTo: BigInt(terms.periodTo),
        country: countryBytes(community.country),
        statementHash: print,
      },
      nonce,
      BigInt(deadline),
    );
    const signature = await signTyped(app, message);
    progress("sending");
    const sent = await sendCancellation(app.http, {
      holder,
      ids: taken.ids.map(String),
      amounts_wh: [...taken.amountsWh],
      terms: {
        ...shared,
        period_from: terms.periodFrom,
        period_to: terms.periodTo,
        country: community.country,
        statement_hash: print,
      },
      nonce: Number(nonce),
      deadline,
      signature,
    });
    await followed(app.http, sent);
    const bytes = statements.statementBytes(document);
    return { file: new Blob([new Uint8Array(bytes)], { type: "application/json" }) };
  });
}

/** Hands certificates on to another member. True when it happened. */
export async function handOn(
  app: App,
  taken: Allocation,
  receiver: Address,
  review: ReviewTerms,
  words: RefusalWords,
): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const from = signingWallet(app).address.value;
    if (!from) throw new WalletFailure("noAccount");
    const { transferCall } = await import("../chain/calls.js");
    await sendCall(app, transferCall(from, receiver, taken.ids, taken.amountsWh.map(BigInt)), progress, words);
    return true as const;
  });
}

/** ISO 3166-1 alpha-2 as two bytes. */
function countryBytes(country: string): Hex {
  return `0x${Array.from(country, (letter) => letter.charCodeAt(0).toString(16)).join("")}`;
}
