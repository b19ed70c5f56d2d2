/** The member's own prices: in force, coming, earlier; set, change, take back. */
import { useState } from "preact/hooks";
import { orders as askOrders } from "../../api/client.js";
import type { Orders, OrderShown } from "../../api/types.js";
import { useApp, useCommunity } from "../../app/context.js";
import { clockText, countdownText, momentShown } from "../../app/time.js";
import { useParticipant } from "../../app/useParticipant.js";
import { useResource } from "../../app/useResource.js";
import { Badge } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Icon } from "../../components/Icon.js";
import { ResourceView } from "../../components/ResourceView.js";
import { EmptyState, SkeletonCard } from "../../components/states.js";
import { cancelOrders } from "../../flows/cancelOrders.js";
import { fromText } from "../../flows/orderWords.js";
import { BidDialog } from "./BidDialog.js";
import { OrderTerms } from "./OrderTerms.js";
import { useOrderWords } from "./useMarket.js";

export function MyBids() {
  const { http } = useApp();
  const { participant } = useParticipant();
  const resource = useResource(`orders/${participant}`, (abort) => askOrders(http, participant, abort), {
    refreshOn: ["orders", "intent"],
    everySeconds: 30,
  });
  return (
    <ResourceView resource={resource} skeleton={<Waiting />}>
      {(data) => <Bids orders={data} reload={resource.reload} />}
    </ResourceView>
  );
}

function Bids({ orders, reload }: { readonly orders: Orders; readonly reload: () => void }) {
  const app = useApp();
  const [editing, setEditing] = useState(false);
  const context = useOrderWords(orders.first_open_interval);
  const { words } = context;
  const edit = (): void => {
    setEditing(true);
  };
  const current = orders.in_force;
  const comingDated = orders.coming.some((one) => !one.order.standing);

  async function takeBack(all: boolean): Promise<void> {
    const from = fromText({ ...EMPTY, from_interval: 0 }, context);
    const outcome = await cancelOrders(app, orders, all, words, from);
    if (!outcome) return;
    app.toasts.show(outcome.state === "done" ? words.cancelDone : words.place.later, "good");
    reload();
  }

  return (
    <div class="grid grid-main">
      <div class="stack">
        {current ? (
          <Card title={words.inForce} hero aside={<Kind order={current} />}>
            <div class="stack">
              <OrderTerms order={current.order} context={context} />
              <div class="row">
                <Button onClick={edit}>{words.change}</Button>
                {!current.order.standing && (
                  <Button look="plain" onClick={() => takeBack(false)}>
                    {words.cancel}
                  </Button>
                )}
                <Button look="quiet" onClick={() => takeBack(true)}>
                  {words.stopAll}
                </Button>
              </div>
            </div>
          </Card>
        ) : (
          <Card hero>
            <EmptyState
              icon="market"
              title={words.none}
              text={words.noneText}
              action={<Button onClick={edit}>{words.set}</Button>}
            />
          </Card>
        )}
        {orders.coming.length > 0 && (
          <Card title={words.coming}>
            <ul class="stack">
              {orders.coming.map((one) => (
                <li key={one.order.nonce} class="stack-tight">
                  <Kind order={one} />
                  <OrderTerms order={one.order} context={context} />
                </li>
              ))}
            </ul>
            <div class="row card-foot">
              {comingDated && (
                <Button look="plain" small onClick={() => takeBack(false)}>
                  {words.cancel}
                </Button>
              )}
              {!current && (
                <Button look="quiet" small onClick={() => takeBack(true)}>
                  {words.stopAll}
                </Button>
              )}
            </div>
          </Card>
        )}
        {orders.past.length > 0 && <Past past={orders.past} orders={orders} />}
      </div>
      <div class="first-on-phone">
        <Gate orders={orders} />
      </div>
      {editing && (
        <BidDialog
          orders={orders}
          onClose={() => {
            setEditing(false);
          }}
          onPlaced={reload}
        />
      )}
    </div>
  );
}

const EMPTY = { shares: false, buy_limit: 0, sell_limit: 0, buy_cap_wh: 0, sell_cap_wh: 0, to_interval: 0 };

function Kind({ order }: { readonly order: OrderShown }) {
  const { words } = useOrderWords(0);
  return <Badge tone="good">{order.order.standing ? words.standing : words.dated}</Badge>;
}

/** The next interval to bid for, and how long that is still possible. */
function Gate({ orders }: { readonly orders: Orders }) {
  const { clock, preferences } = useApp();
  const { zone, interval_minutes, gate_lead_s } = useCommunity();
  const { words } = useOrderWords(orders.first_open_interval);
  const language = preferences.language.value;
  const length = interval_minutes * 60;
  const now = clock.now.value;
  // The server said which interval was open; the clock says which one is by now.
  const open = Math.max(orders.first_open_interval, Math.floor((now + gate_lead_s) / length) + 1);
  const start = open * length;
  const left = start - gate_lead_s - now;
  return (
    <Card title={words.gate.label}>
      <div class="stack-tight">
        <p class="gate-line">
          <Icon name="clock" />
          <strong class="num">
            {clockText(start, zone, language)}–{clockText(start + length, zone, language)}
          </strong>
          <span class="num" role="timer">
            {left > 0 ? words.gate.closes(countdownText(left, language)) : words.gate.closed}
          </span>
        </p>
        <p class="small quiet">{words.gate.explain}</p>
      </div>
    </Card>
  );
}

function Past({ past, orders }: { readonly past: readonly OrderShown[]; readonly orders: Orders }) {
  const { preferences } = useApp();
  const { zone } = useCommunity();
  const context = useOrderWords(orders.first_open_interval);
  return (
    <details class="card as-table">
      <summary>
        {context.words.past} ({past.length})
      </summary>
      <ul class="stack">
        {past.map((one) => (
          <li key={one.order.nonce} class="stack-tight">
            <div class="row-apart">
              <Badge>{context.words.states[one.state] ?? one.state}</Badge>
              <span class="small quiet">
                {context.words.placed(momentShown(one.placed, zone, preferences.language.value))}
              </span>
            </div>
            <OrderTerms order={one.order} context={context} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function Waiting() {
  return (
    <div class="grid grid-main">
      <SkeletonCard lines={3} height={2} />
      <SkeletonCard lines={2} />
    </div>
  );
}
