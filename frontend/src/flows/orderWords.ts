/** An order in the member's words, for the dialog before the wallet and for the screen. */
import { energyShown, moneyShown, percentShown, priceShown } from "../app/amounts.js";
import { dayShown, momentShown } from "../app/time.js";
import { FOREVER, NO_CAP } from "../domain/orders.js";
import type { Language } from "../formatting.js";
import type { MarketTexts } from "../texts/market.en.js";
import { valueOf } from "../units.js";
import type { ReviewLine } from "./review.js";

/** The fields of an order that a member reads; prices in µ€/kWh or ppm of the spread. */
export interface ReadableOrder {
  readonly shares: boolean;
  readonly buy_limit: number;
  readonly sell_limit: number;
  readonly buy_cap_wh: number;
  readonly sell_cap_wh: number;
  readonly from_interval: number;
  readonly to_interval: number;
}

export interface WordsContext {
  readonly words: MarketTexts;
  readonly language: Language;
  readonly zone: string;
  /** Seconds of an interval. */
  readonly length: number;
  readonly minutes: string;
  readonly sells: boolean;
  readonly firstOpenInterval: number;
}

/** "Buy below 15.0 c€/kWh", or the share of the gain. */
export function buyText(order: ReadableOrder, { words, language }: WordsContext): string {
  if (order.shares) return words.order.buyShare(percentShown(Math.round(order.buy_limit / 10_000), language));
  return words.order.buyBelow(priceShown(order.buy_limit, language, pricePlaces(order.buy_limit)));
}

/** "Sell above 9.0 c€/kWh", or the share of the gain. */
export function sellText(order: ReadableOrder, { words, language }: WordsContext): string {
  if (order.shares) return words.order.sellShare(percentShown(Math.round(order.sell_limit / 10_000), language));
  return words.order.sellAbove(priceShown(order.sell_limit, language, pricePlaces(order.sell_limit)));
}

/** "at most 2 kWh per half hour". */
export function capText(capWh: number, { words, language, minutes }: WordsContext): string {
  return capWh >= NO_CAP ? words.order.noCap : words.order.cap(energyShown(capWh, language), minutes);
}

/** When it begins, from the interval it counts from. */
export function fromText(
  order: ReadableOrder,
  { words, language, zone, length, firstOpenInterval }: WordsContext,
): string {
  if (order.from_interval === 0) {
    return words.order.fromNext(momentShown(firstOpenInterval * length, zone, language));
  }
  return momentShown(order.from_interval * length, zone, language);
}

/** When it ends: never, at the end of a day, or at a moment. */
export function untilText(toInterval: number, { words, language, zone, length }: WordsContext): string {
  if (toInterval >= FOREVER) return words.order.forEver;
  const end = toInterval * length;
  return words.order.untilDay(dayShown(end - 1, zone, language));
}

/** The lines of the dialog "what you will sign". */
export function orderLines(order: ReadableOrder, context: WordsContext): ReviewLine[] {
  const { words, sells, language } = context;
  const lines = [
    { label: words.order.buyLabel, value: buyText(order, context) },
    { label: words.order.buyCapLabel, value: capText(order.buy_cap_wh, context) },
  ];
  const most = mostPaid(order);
  if (most !== undefined) {
    lines.push({ label: words.order.mostLabel(context.minutes), value: moneyShown(most, language) });
  }
  if (sells) {
    lines.push(
      { label: words.order.sellLabel, value: sellText(order, context) },
      { label: words.order.sellCapLabel, value: capText(order.sell_cap_wh, context) },
    );
  }
  lines.push(
    { label: words.order.fromLabel, value: fromText(order, context) },
    { label: words.order.untilLabel, value: untilText(order.to_interval, context) },
  );
  return lines;
}

/** The most that neighbours can be paid in one interval, n€: known where price and energy are both bounded. */
export function mostPaid(order: ReadableOrder): bigint | undefined {
  if (order.shares || order.buy_cap_wh >= NO_CAP || order.buy_limit < 0) return undefined;
  return valueOf(order.buy_cap_wh, order.buy_limit);
}

/** One digit after the mark where that is exact, else all that there are. */
function pricePlaces(price: number): number {
  if (price % 1_000 === 0) return 1;
  return price % 100 === 0 ? 2 : 4;
}
