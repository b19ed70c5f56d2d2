/** Placing a bid: told, signed, sent, and followed until it is on the book. */
import { placeOrder as sendOrder } from "../api/client.js";
import type { Intent, OrderTerms } from "../api/types.js";
import type { App } from "../app/context.js";
import type { Order } from "../domain/orders.js";
import { followed } from "./outcome.js";
import { orderLines, type WordsContext } from "./orderWords.js";
import { signingDomain, signTyped } from "./signed.js";

/** The order's fields as the server takes them. */
export function termsOf(order: Order): OrderTerms {
  return {
    participant: order.participant,
    standing: order.standing,
    shares: order.limits.kind === "share",
    buy_limit: order.limits.buy,
    sell_limit: order.limits.sell,
    buy_cap_wh: order.buyCapWh,
    sell_cap_wh: order.sellCapWh,
    from_interval: order.fromInterval,
    to_interval: order.toInterval,
    nonce: order.nonce,
    deadline: Number(order.deadlineUnix),
  };
}

/** Undefined when the member thinks better of it. */
export async function placeOrder(app: App, order: Order, context: WordsContext): Promise<Intent | undefined> {
  const { words } = context;
  const terms = termsOf(order);
  const review = {
    title: words.place.title,
    lines: orderLines(terms, context),
    note: order.standing ? words.place.noteStanding : words.place.noteDated,
    action: words.place.action,
  };
  return app.review.run(review, async (progress) => {
    const { orderMessage } = await import("../chain/typedData.js");
    const community = app.community.value;
    if (!community) throw new Error("the community's settings are unknown");
    const signature = await signTyped(app, orderMessage(signingDomain(community, "OrderBook"), order));
    progress("sending");
    return followed(app.http, await sendOrder(app.http, terms, signature));
  });
}
