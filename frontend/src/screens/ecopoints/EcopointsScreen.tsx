/** Ecopoints: balance, the month's target and how it goes, offers and vouchers. */
import type { ComponentChildren } from "preact";
import { offers, points, targets, type Points } from "../../api/registry.js";
import { pointsShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import { useResource, type Resource } from "../../app/useResource.js";
import { Card } from "../../components/Card.js";
import { ResourceView } from "../../components/ResourceView.js";
import { Stat } from "../../components/Stat.js";
import { EmptyState } from "../../components/states.js";
import { useWords } from "../../texts/index.js";
import { OfferCards } from "./OfferCards.js";
import { PartnerDesk } from "./PartnerDesk.js";
import { PastTargets } from "./PastTargets.js";
import { TargetSection } from "./TargetSection.js";
import { VoucherCards } from "./VoucherCards.js";
import { ECOPOINTS } from "./words.js";
import "./ecopoints.css";

export default function EcopointsScreen() {
  const { http, session } = useApp();
  const words = useWords(ECOPOINTS);
  const participant = session.participant.value?.participant;
  const isPartner = session.me.value?.roles.includes("partner") ?? false;
  const own = useResource("points", (abort) => points(http, abort), { refreshOn: ["settled", "intent"] });
  const balance = <ResourceView resource={own}>{(data) => <Balance own={data} />}</ResourceView>;
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.title}</h1>
          <p class="quiet">{words.lead}</p>
        </div>
      </header>
      <div class="stack">
        {participant === undefined ? balance : <Target key={participant} participant={participant} balance={balance} />}
        {isPartner && <PartnerDesk />}
        <Spend own={own} />
      </div>
    </>
  );
}

function Balance({ own }: { readonly own: Points }) {
  const language = useApp().preferences.language.value;
  const words = useWords(ECOPOINTS);
  return (
    <Card hero>
      <Stat
        size="l"
        label={words.balance}
        value={pointsShown(own.balance_mpt, language)}
        note={words.earned(pointsShown(own.awarded_mpt, language))}
      />
    </Card>
  );
}

interface TargetProps {
  readonly participant: number;
  readonly balance: ComponentChildren;
}

function Target({ participant, balance }: TargetProps) {
  const { http } = useApp();
  const words = useWords(ECOPOINTS);
  const resource = useResource(`targets/${participant}`, (abort) => targets(http, participant, abort), {
    refreshOn: ["readings", "settled"],
  });
  return (
    <ResourceView resource={resource}>
      {({ current, past }) => (
        <>
          {current ? (
            <TargetSection progress={current} aside={balance} />
          ) : (
            <div class="grid grid-main">
              <Card title={words.target}>
                <EmptyState icon="ecopoints" title={words.noTargetTitle} text={words.noTarget} />
              </Card>
              {balance}
            </div>
          )}
          {past.length > 0 && <PastTargets targets={past} />}
        </>
      )}
    </ResourceView>
  );
}

/** Vouchers and offers: only once the balance is known, which says what can be had. */
function Spend({ own }: { readonly own: Resource<Points> }) {
  const { http } = useApp();
  const all = useResource("offers", (abort) => offers(http, abort), { everySeconds: 120 });
  const mine = own.data;
  if (!mine) return null;
  return (
    <>
      {mine.vouchers.length > 0 && <VoucherCards vouchers={mine.vouchers} />}
      <ResourceView resource={all}>
        {(list) => <OfferCards offers={list} own={mine} onRedeemed={own.reload} />}
      </ResourceView>
    </>
  );
}
