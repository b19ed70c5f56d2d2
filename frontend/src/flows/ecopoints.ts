/** Spending points (signed, sent on for the member); offers and vouchers of partners (their own wallet). */
import type { Hex } from "viem";
import { keepOfferText, redeem, type Offer } from "../api/registry.js";
import type { App } from "../app/context.js";
import { WalletFailure } from "../wallet/provider.js";
import { signingDeadline } from "./deadline.js";
import { followed } from "./outcome.js";
import type { ReviewTerms } from "./review.js";
import { signingDomain, signingWallet, signTyped } from "./signed.js";
import { sendCall, type RefusalWords } from "./transaction.js";

/** Gets an offer for points. True when the voucher is there. */
export function redeemOffer(app: App, offer: Offer, nonce: number, review: ReviewTerms): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const community = app.community.value;
    const member = signingWallet(app).address.value;
    if (!community || !member) throw new WalletFailure("noAccount");
    const { redemptionMessage } = await import("../chain/typedData.js");
    const deadline = signingDeadline(app);
    const price = BigInt(offer.price_mpt);
    const domain = signingDomain(community, "Ecopoints");
    const message = redemptionMessage(domain, member, offer.offer, price, BigInt(nonce), BigInt(deadline));
    const signature = await signTyped(app, message);
    progress("sending");
    const sent = await redeem(app.http, { offer: offer.offer, wallet: member, nonce, deadline, signature });
    await followed(app.http, sent);
    return true as const;
  });
}

/** Takes a voucher at a partner's. True when it is used. */
export function takeVoucher(
  app: App,
  voucher: number,
  review: ReviewTerms,
  words: RefusalWords,
): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const { useVoucherCall } = await import("../chain/calls.js");
    await sendCall(app, useVoucherCall(BigInt(voucher)), progress, words);
    return true as const;
  });
}

/** An offer as its partner words it. `priceMpt`: thousandths of a point; `validUntil`: unix seconds. */
export interface NewOffer {
  readonly title: string;
  readonly text: string;
  readonly priceMpt: bigint;
  readonly stock: number;
  readonly validUntil: number;
}

/** Keeps an offer's words with the server, then publishes it. True when it is there. */
export function publishOffer(
  app: App,
  { title, text, priceMpt, stock, validUntil }: NewOffer,
  review: ReviewTerms,
  words: RefusalWords,
): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const { publishOfferCall } = await import("../chain/calls.js");
    const { code } = await keepOfferText(app.http, { title, text });
    await sendCall(app, publishOfferCall({ priceMpt, stock, validUntil, terms: code as Hex }), progress, words);
    return true as const;
  });
}

/** Ends an offer before its time. True when it has ended. */
export function closeOffer(
  app: App,
  offer: number,
  review: ReviewTerms,
  words: RefusalWords,
): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const { closeOfferCall } = await import("../chain/calls.js");
    await sendCall(app, closeOfferCall(offer), progress, words);
    return true as const;
  });
}
