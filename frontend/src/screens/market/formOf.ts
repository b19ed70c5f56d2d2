/** The form's first figures: those of the order in force, or none. */
import { NO_CAP } from "../../domain/orders.js";
import type { BidForm } from "../../flows/bidForm.js";
import type { ReadableOrder } from "../../flows/orderWords.js";
import { decimalText, type Language } from "../../formatting.js";

/** `order` in the fields of the form; it begins as soon as possible and has no end, whatever the order's were. */
export function formOf(order: ReadableOrder | undefined, language: Language): BidForm {
  const number = (value: number, decimals: number): string => decimalText(value, decimals, language, { least: 1 });
  const cap = (wh: number): string => (wh >= NO_CAP ? "" : decimalText(wh, 3, language));
  const priced = order && !order.shares;
  return {
    mode: order?.shares ? "automatic" : "prices",
    buy: priced ? number(order.buy_limit, 4) : "",
    sell: priced ? number(order.sell_limit, 4) : "",
    buyCap: order ? cap(order.buy_cap_wh) : "",
    sellCap: order ? cap(order.sell_cap_wh) : "",
    start: "now",
    from: "",
    end: "open",
    until: "",
  };
}
