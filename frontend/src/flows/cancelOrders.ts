/** Taking bids back: the dated ones, or with the standing one everything, so that only the grid is left. */
import { endOrders } from "../api/client.js";
import type { Intent, Orders } from "../api/types.js";
import type { App } from "../app/context.js";
import type { MarketTexts } from "../texts/market.en.js";
import type { ParticipantIndex } from "../units.js";
import { signingDeadline } from "./deadline.js";
import { followed } from "./outcome.js";
import { signingDomain, signTyped } from "./signed.js";

/** `all`: the standing bid too. Undefined when the member thinks better of it. */
export async function cancelOrders(
  app: App,
  orders: Orders,
  all: boolean,
  words: MarketTexts,
  from: string,
): Promise<Intent | undefined> {
  const text = all ? words.cancelAll : words.cancelDated;
  const review = {
    title: text.title,
    lines: [
      { label: words.order.whatLabel, value: text.what },
      { label: words.order.fromLabel, value: from },
      { label: words.order.thenLabel, value: text.then },
    ],
    note: words.cancelNote,
    action: text.action,
    grave: all,
  };
  return app.review.run(review, async (progress) => {
    const { cancelMessage } = await import("../chain/typedData.js");
    const community = app.community.value;
    if (!community) throw new Error("the community's settings are unknown");
    const { participant, next_nonce: nonce } = orders;
    const deadline = signingDeadline(app);
    const domain = signingDomain(community, "OrderBook");
    const message = cancelMessage(domain, participant as ParticipantIndex, all, nonce, BigInt(deadline));
    const signature = await signTyped(app, message);
    progress("sending");
    return followed(app.http, await endOrders(app.http, { participant, standing: all, nonce, deadline, signature }));
  });
}
