/** For partners: their offers, what became of them, publishing and closing; and taking vouchers. */
import { useState } from "preact/hooks";
import { ownOffers, type OwnOffer } from "../../api/registry.js";
import { pointsShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { show } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Badge } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { DataTable } from "../../components/DataTable.js";
import { ResourceView } from "../../components/ResourceView.js";
import { EmptyState } from "../../components/states.js";
import { closeOffer } from "../../flows/ecopoints.js";
import { useWords } from "../../texts/index.js";
import { OfferDialog } from "./OfferDialog.js";
import { PartnerCard } from "./PartnerCard.js";
import { ECOPOINTS } from "./words.js";

/** The server hears of a block a moment after the chain. */
const HEARD_MS = 2_000;

export function PartnerDesk() {
  const { http } = useApp();
  const words = useWords(ECOPOINTS).desk;
  const [writing, setWriting] = useState(false);
  const resource = useResource("offers/own", (abort) => ownOffers(http, abort), { everySeconds: 30 });
  const changed = (): void => {
    resource.reload();
    setTimeout(resource.reload, HEARD_MS);
  };
  const publish = (
    <Button
      small
      onClick={() => {
        setWriting(true);
      }}
    >
      {words.publish}
    </Button>
  );
  return (
    <>
      <PartnerCard onTaken={changed} />
      <Card title={words.title} aside={publish}>
        <ResourceView resource={resource}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState icon="ecopoints" title={words.emptyTitle} text={words.empty} />
            ) : (
              <OfferTable offers={list} onClosed={changed} />
            )
          }
        </ResourceView>
      </Card>
      {writing && (
        <OfferDialog
          onClose={() => {
            setWriting(false);
          }}
          onPublished={changed}
        />
      )}
    </>
  );
}

function OfferTable({ offers, onClosed }: { readonly offers: readonly OwnOffer[]; readonly onClosed: () => void }) {
  const { preferences, clock } = useApp();
  const { zone } = useCommunity();
  const language = preferences.language.value;
  const words = useWords(ECOPOINTS).desk;
  const now = clock.now.value;
  return (
    <DataTable
      caption={words.title}
      rows={offers}
      keyOf={(one) => one.offer}
      columns={[
        { title: words.offer, cell: (one) => one.title || one.offer },
        { title: words.price, numeric: true, cell: (one) => pointsShown(one.price_mpt, language) },
        { title: words.left, numeric: true, cell: (one) => one.stock },
        { title: words.issued, numeric: true, cell: (one) => one.issued },
        { title: words.used, numeric: true, cell: (one) => one.used },
        {
          title: words.until,
          // The day that ends then.
          cell: (one) => show(one.valid_until - 1, zone, language, { dateStyle: "medium" }),
        },
        {
          title: words.state,
          cell: (one) => {
            const state = stateOf(one, now);
            return (
              <span class="row">
                <Badge tone={state === "open" ? "good" : "neutral"}>{words.states[state]}</Badge>
                {(state === "open" || state === "gone") && <Close offer={one} onClosed={onClosed} />}
              </span>
            );
          },
        },
      ]}
    />
  );
}

function Close({ offer, onClosed }: { readonly offer: OwnOffer; readonly onClosed: () => void }) {
  const app = useApp();
  const { desk: words, refusals } = useWords(ECOPOINTS);
  const { review } = words;
  async function close(): Promise<void> {
    const terms = {
      title: review.close,
      lines: [
        { label: words.offer, value: offer.title || String(offer.offer) },
        { label: review.sold, value: String(offer.issued) },
      ],
      note: review.closeNote,
      action: review.closeAction,
      grave: true,
    };
    if (!(await closeOffer(app, offer.offer, terms, refusals))) return;
    app.toasts.show(words.closedDone, "good");
    onClosed();
  }
  return (
    <Button look="quiet" small onClick={close}>
      {words.close}
    </Button>
  );
}

function stateOf(offer: OwnOffer, now: number): "open" | "closed" | "over" | "gone" {
  if (offer.closed) return "closed";
  if (offer.valid_until <= now) return "over";
  return offer.stock > 0 ? "open" : "gone";
}
