/** What a partner typed as an offer, or which fields are wrong. */
import type { NewOffer } from "../../flows/ecopoints.js";

/** As typed. `price`: whole points; `until`: the last local day, `2026-04-01`. */
export interface OfferForm {
  readonly title: string;
  readonly text: string;
  readonly price: string;
  readonly stock: string;
  readonly until: string;
}

export interface ReadOffer {
  readonly offer?: NewOffer;
  readonly wrong: readonly (keyof OfferForm)[];
}

const MOST_STOCK = 1_000_000;
const LONGEST = { title: 120, text: 1_000 };
/** A point, of which offers cost whole ones. */
const MPT = 1_000n;

/** `now`: unix seconds; `endOf`: the second at which a local day is over. */
export function offerOf(form: OfferForm, now: number, endOf: (day: string) => number): ReadOffer {
  const title = form.title.trim();
  const text = form.text.trim();
  const priceMpt = /^\d{1,9}$/.test(form.price.trim()) ? BigInt(form.price) * MPT : 0n;
  const stock = /^\d{1,7}$/.test(form.stock.trim()) ? Number(form.stock) : 0;
  const validUntil = /^\d{4}-\d{2}-\d{2}$/.test(form.until) ? endOf(form.until) : 0;
  const fits: Readonly<Record<keyof OfferForm, boolean>> = {
    title: title !== "" && title.length <= LONGEST.title,
    text: text !== "" && text.length <= LONGEST.text,
    price: priceMpt > 0n,
    stock: stock > 0 && stock <= MOST_STOCK,
    until: validUntil > now,
  };
  const wrong = (Object.keys(fits) as (keyof OfferForm)[]).filter((name) => !fits[name]);
  return wrong.length > 0 ? { wrong } : { wrong, offer: { title, text, priceMpt, stock, validUntil } };
}
