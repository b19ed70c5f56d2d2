/** What partners give for points, and getting it. */
import type { Offer, Points } from "../../api/registry.js";
import { accountShown, pointsShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { show } from "../../app/time.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { EmptyState } from "../../components/states.js";
import { redeemOffer } from "../../flows/ecopoints.js";
import { useWords } from "../../texts/index.js";
import { ECOPOINTS } from "./words.js";

export interface OfferCardsProps {
  readonly offers: readonly Offer[];
  readonly own: Points;
  readonly onRedeemed: () => void;
}

export function OfferCards({ offers, own, onRedeemed }: OfferCardsProps) {
  const words = useWords(ECOPOINTS);
  const open = offers.filter(({ closed, stock }) => !closed && stock > 0);
  return (
    <section class="stack" aria-label={words.offers}>
      <h2>{words.offers}</h2>
      {open.length === 0 ? (
        <Card>
          <EmptyState icon="ecopoints" title={words.offersEmptyTitle} text={words.offersEmpty} />
        </Card>
      ) : (
        <div class="offers">
          {open.map((offer) => (
            <OfferCard key={offer.offer} offer={offer} own={own} onRedeemed={onRedeemed} />
          ))}
        </div>
      )}
    </section>
  );
}

type OfferCardProps = Omit<OfferCardsProps, "offers"> & { readonly offer: Offer };

function OfferCard({ offer, own, onRedeemed }: OfferCardProps) {
  const app = useApp();
  const language = app.preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(ECOPOINTS);
  const price = BigInt(offer.price_mpt);
  const balance = BigInt(own.balance_mpt);
  const missing = price - balance;

  async function get(): Promise<void> {
    const done = await redeemOffer(app, offer, own.redemption_nonce, {
      title: words.review.title,
      lines: [
        { label: words.review.offer, value: offer.title },
        { label: words.review.partner, value: accountShown(offer.partner) },
        { label: words.review.price, value: words.points(pointsShown(price, language)) },
        { label: words.review.after, value: words.points(pointsShown(balance - price, language)) },
      ],
      note: words.review.note,
      action: words.review.action,
    });
    if (!done) return;
    app.toasts.show(words.redeemed, "good");
    onRedeemed();
  }

  return (
    <article class="card offer">
      <h3>{offer.title}</h3>
      <p class="quiet">{offer.text}</p>
      <p class="small quiet">
        {words.left(offer.stock)} · {words.until(show(offer.valid_until, zone, language, { dateStyle: "medium" }))}
      </p>
      <div class="row-apart offer-foot">
        <strong class="num">{words.points(pointsShown(price, language))}</strong>
        <Button small disabled={missing > 0n} onClick={get}>
          {missing > 0n ? words.short(pointsShown(missing + 999n, language)) : words.get}
        </Button>
      </div>
    </article>
  );
}
