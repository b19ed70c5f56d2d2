/** What several parts of the market screen ask for. */
import { gridPrices } from "../../api/client.js";
import type { GridPrice, GridPrices } from "../../api/types.js";
import { useApp, useCommunity } from "../../app/context.js";
import { addDays, dayOf, startOfDay } from "../../app/time.js";
import { useParticipant } from "../../app/useParticipant.js";
import { useResource, type Resource } from "../../app/useResource.js";
import type { WordsContext } from "../../flows/orderWords.js";
import { useTexts, useWords } from "../../texts/index.js";
import { MARKET_WORDS } from "./words.js";

/** The local day that the chain's clock is in: its bounds in unix seconds. */
export function useToday(): { readonly start: number; readonly end: number } {
  const { clock } = useApp();
  const { zone } = useCommunity();
  const day = dayOf(clock.now.value, zone);
  return { start: startOfDay(day, zone), end: startOfDay(addDays(day, 1), zone) };
}

/** The grid's prices of today, one an interval. */
export function useGridPrices(): Resource<GridPrices> {
  const { http } = useApp();
  const { start, end } = useToday();
  const span = { from: start, to: end };
  return useResource(`prices/${start}`, (abort) => gridPrices(http, span, abort));
}

/** The grid's prices of the interval that runs now, when they are known. */
export function priceNow(prices: GridPrices | undefined, now: number, length: number): GridPrice | undefined {
  return prices?.items.find((item) => item.start <= now && now < item.start + length);
}

/** What is needed to say an order in the member's words. */
export function useOrderWords(firstOpenInterval: number): WordsContext {
  const { preferences } = useApp();
  const { zone, interval_minutes } = useCommunity();
  const { device } = useParticipant();
  const words = useWords(MARKET_WORDS);
  const texts = useTexts();
  return {
    words,
    zone,
    firstOpenInterval,
    language: preferences.language.value,
    length: interval_minutes * 60,
    minutes: texts.minutes(interval_minutes),
    sells: device !== null,
  };
}
