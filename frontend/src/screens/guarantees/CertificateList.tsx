/** Certificates day by day, newest first; each opens its life. */
import type { Certificate, Certificates } from "../../api/registry.js";
import { energyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { kindOf } from "../../app/kinds.js";
import { hrefOf } from "../../app/router.js";
import { clockText, dayOf, dayShown } from "../../app/time.js";
import type { Pages } from "../../app/usePages.js";
import { Badge, Banner } from "../../components/Banner.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Icon } from "../../components/Icon.js";
import { Dot } from "../../components/Stat.js";
import { EmptyState } from "../../components/states.js";
import { failureText } from "../../flows/failureText.js";
import { useTexts, useWords } from "../../texts/index.js";
import { GUARANTEES } from "./words.js";

export interface CertificateListProps {
  readonly pages: Pages<Certificate, Certificates>;
  readonly onlyHeld: boolean;
  readonly filtered: boolean;
}

export function CertificateList({ pages, onlyHeld, filtered }: CertificateListProps) {
  const app = useApp();
  const texts = useTexts();
  const { zone } = useCommunity();
  const words = useWords(GUARANTEES);
  return (
    <>
      {pages.items.length === 0 && !pages.hasMore ? (
        <Nothing onlyHeld={onlyHeld} filtered={filtered} />
      ) : (
        <Card>
          {daysOf(pages.items, zone).map(([day, items], at) => (
            <Day key={day} items={items} open={at === 0} />
          ))}
        </Card>
      )}
      {pages.failure && (
        <Banner icon="alert" tone="bad">
          {failureText(pages.failure, app, texts)}
        </Banner>
      )}
      {pages.hasMore && (
        <Button look="plain" wide disabled={pages.busy} onClick={pages.more}>
          {pages.busy ? words.moreBusy : words.more}
        </Button>
      )}
    </>
  );
}

function Nothing({ onlyHeld, filtered }: { readonly onlyHeld: boolean; readonly filtered: boolean }) {
  const words = useWords(GUARANTEES);
  const produces = useApp().session.me.value?.participants.some(({ device }) => device !== null) ?? false;
  const text = onlyHeld ? words.emptyHeld : filtered ? words.emptyMonth : produces ? words.empty : words.emptyConsumer;
  return (
    <Card>
      <EmptyState icon="guarantees" title={words.emptyTitle} text={text} />
    </Card>
  );
}

/** One day, folded away but for the newest: a plant has some thirty certificates a day. */
function Day({ items, open }: { readonly items: readonly Certificate[]; readonly open: boolean }) {
  const { preferences, clock } = useApp();
  const { zone } = useCommunity();
  const language = preferences.language.value;
  const words = useWords(GUARANTEES);
  const held = items.reduce((sum, { held_wh: wh }) => sum + wh, 0);
  const start = items[0]?.start ?? 0;
  return (
    <details class="day" open={open}>
      <summary>
        <Icon name="right" />
        <h2>{dayShown(start, zone, language, clock.now.value)}</h2>
        <span class="small quiet">{words.count(items.length)}</span>
        <span class="certificate-energy num">{`${energyShown(held, language)} ${words.heldShort}`}</span>
      </summary>
      <ul class="certificates">
        {items.map((one) => (
          <Row key={one.id} certificate={one} />
        ))}
      </ul>
    </details>
  );
}

function Row({ certificate }: { readonly certificate: Certificate }) {
  const language = useApp().preferences.language.value;
  const { zone } = useCommunity();
  const texts = useTexts();
  const words = useWords(GUARANTEES);
  const { start, end, kind, held_wh: held, issued_wh: issued } = certificate;
  const known = kindOf(kind);
  const state = held > 0 ? words.states[certificate.state] : words.usedUp;
  return (
    <li>
      <a class="certificate" href={hrefOf(`guarantees/${certificate.id}`)}>
        <Dot colour={`--kind-${known}`} />
        <span class="certificate-time num">
          {clockText(start, zone, language)}–{clockText(end, zone, language)}
        </span>
        <span class="quiet">{texts.kinds[known]}</span>
        {state && <Badge tone={held > 0 ? "warn" : "neutral"}>{state}</Badge>}
        <span class="certificate-energy num">{energyShown(held > 0 ? held : issued, language)}</span>
        <Icon name="right" />
      </a>
    </li>
  );
}

/** By local day, in the order given. */
function daysOf(items: readonly Certificate[], zone: string): [string, Certificate[]][] {
  const days = new Map<string, Certificate[]>();
  for (const one of items) {
    const day = dayOf(one.start, zone);
    const same = days.get(day);
    if (same) same.push(one);
    else days.set(day, [one]);
  }
  return [...days];
}
