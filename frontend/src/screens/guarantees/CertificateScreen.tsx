/** One certificate: what became of it, its life, and where it comes from, checked by this page. */
import { useState } from "preact/hooks";
import {
  certificateLife,
  proofFile,
  provenance,
  type CertificateEvent,
  type CertificateLife,
} from "../../api/registry.js";
import { accountShown, energyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { kindOf } from "../../app/kinds.js";
import { hrefOf } from "../../app/router.js";
import { momentShown, show } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Banner } from "../../components/Banner.js";
import { Button, ButtonLink } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { ResourceView } from "../../components/ResourceView.js";
import { saveFile } from "../../components/saveFile.js";
import { Split } from "../../components/Split.js";
import { Stat } from "../../components/Stat.js";
import { EmptyState } from "../../components/states.js";
import { documentOf, type ProvenanceDocument } from "../../domain/provenance/document.js";
import { DocumentError } from "../../domain/provenance/shapes.js";
import { failureText } from "../../flows/failureText.js";
import { useTexts, useWords } from "../../texts/index.js";
import { Checked } from "../verify/Checked.js";
import { Fact } from "./StatementList.js";
import { GUARANTEES } from "./words.js";

export function CertificateScreen({ id }: { readonly id: string }) {
  const { http } = useApp();
  const words = useWords(GUARANTEES).detail;
  const resource = useResource(`certificate/${id}`, (abort) => certificateLife(http, id, abort), {
    refreshOn: ["certificates"],
  });
  const { state } = resource;
  const back = (
    <ButtonLink look="quiet" small icon="left" href={hrefOf("guarantees")}>
      {words.back}
    </ButtonLink>
  );
  const missing = state.status === "failed" && (state.failure.status === 404 || state.failure.status === 422);
  return (
    <div class="stack">
      <div>{back}</div>
      {missing ? (
        <Card>
          <EmptyState icon="guarantees" title={words.missingTitle} text={words.missing} />
        </Card>
      ) : (
        <ResourceView resource={resource}>
          {(life) => (
            <>
              <Summary life={life} />
              <Origin id={id} />
              <WholeProof id={id} />
            </>
          )}
        </ResourceView>
      )}
    </div>
  );
}

function Summary({ life: { certificate, events } }: { readonly life: CertificateLife }) {
  const language = useApp().preferences.language.value;
  const { zone } = useCommunity();
  const { detail } = useWords(GUARANTEES);
  const texts = useTexts();
  const wh = (value: number): string => energyShown(value, language);
  const date = (unix: number): string => show(unix, zone, language, { dateStyle: "medium" });
  const kind = texts.kinds[kindOf(certificate.kind)];
  return (
    <>
      <header>
        <h1>{show(certificate.start, zone, language, { dateStyle: "full", timeStyle: "short" })}</h1>
        <p class="quiet">{`${kind} · ${detail.device(certificate.device)}`}</p>
      </header>
      <div class="grid grid-main">
        <Card hero title={detail.title}>
          <div class="stack">
            <Stat size="l" label={detail.produced} value={wh(certificate.issued_wh)} />
            <Split
              label={detail.made}
              shares={[
                part(detail.ownUse, certificate.own_use_wh, "--flow-own"),
                part(detail.sold, certificate.sold_wh, "--flow-sold"),
                part(detail.minted, certificate.minted_wh + certificate.more_wh, "--flow-surplus"),
              ]}
            />
            <dl class="facts">
              <Fact name={detail.held} value={wh(certificate.held_wh)} />
              <Fact name={detail.cancelled} value={wh(certificate.cancelled_wh)} />
              {certificate.more_wh > 0 && <Fact name={detail.more} value={wh(certificate.more_wh)} />}
              {certificate.withdrawn_wh > 0 && <Fact name={detail.withdrawn} value={wh(certificate.withdrawn_wh)} />}
              <Fact name={detail.handOnUntil} value={date(certificate.transferable_until)} />
              <Fact name={detail.useUntil} value={date(certificate.cancellable_until)} />
              <Fact name={detail.number} value={certificate.id} />
            </dl>
          </div>
        </Card>
        <Card title={detail.life}>
          <ol class="life">
            {events.map((event, at) => (
              <LifeEvent key={at} event={event} />
            ))}
          </ol>
        </Card>
      </div>
    </>
  );

  function part(label: string, amount: number, colour: string) {
    return { label, amount, shown: wh(amount), colour };
  }
}

function LifeEvent({ event }: { readonly event: CertificateEvent }) {
  const { preferences, session } = useApp();
  const language = preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(GUARANTEES);
  const own = session.me.value?.wallet.toLowerCase();
  const name = (account: string): string => (account.toLowerCase() === own ? words.you : accountShown(account));
  const parties = [event.source, event.target].filter((one) => one !== null).map(name);
  return (
    <li>
      <div class="row-apart">
        <strong>{words.events[event.kind] ?? event.kind}</strong>
        <span class="amount">{energyShown(event.wh, language)}</span>
      </div>
      <p class="small quiet">
        {momentShown(event.at, zone, language)}
        {parties.length > 0 && ` · ${parties.join(" → ")}`}
        {event.statement !== null && ` · ${words.statement(event.statement)}`}
        {event.reason !== null && !event.reason.startsWith("0x") && ` · ${event.reason}`}
      </p>
    </li>
  );
}

type Proof = { readonly document: ProvenanceDocument; readonly source: string } | "loading" | undefined;

function Origin({ id }: { readonly id: string }) {
  const app = useApp();
  const texts = useTexts();
  const words = useWords(GUARANTEES).detail;
  const [proof, setProof] = useState<Proof>();
  const [failure, setFailure] = useState<unknown>();

  async function load(): Promise<void> {
    setProof("loading");
    setFailure(undefined);
    try {
      const { document } = await provenance(app.http, id);
      setProof({ document: documentOf(document), source: JSON.stringify(document) });
    } catch (error) {
      setProof(undefined);
      setFailure(error);
    }
  }

  if (proof && proof !== "loading") {
    return (
      <section class="stack" aria-label={words.origin}>
        <div class="row-apart">
          <h2>{words.origin}</h2>
          <Button
            look="plain"
            small
            icon="download"
            onClick={() => {
              const blob = new Blob([proof.source], { type: "application/json" });
              saveFile({ blob, name: `watt-proof-${id}.json` });
            }}
          >
            {words.save}
          </Button>
        </div>
        <p class="small quiet">{words.saveHint}</p>
        <Checked document={proof.document} />
      </section>
    );
  }
  return (
    <Card title={words.origin}>
      <div class="stack">
        <p>{words.originText}</p>
        {failure !== undefined && (
          <Banner icon="alert" tone="bad">
            {failure instanceof DocumentError ? words.unreadable : failureText(failure, app, texts)}
          </Banner>
        )}
        <div>
          <Button icon="verify" disabled={proof === "loading"} onClick={load}>
            {proof === "loading" ? words.checking : words.check}
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** For who may see the neighbours' readings and trades that it holds. */
function WholeProof({ id }: { readonly id: string }) {
  const app = useApp();
  const texts = useTexts();
  const words = useWords(GUARANTEES).detail;
  const [making, setMaking] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const roles = app.session.me.value?.roles ?? [];
  if (!roles.includes("auditor") && !roles.includes("issuing_body")) return null;

  async function save(): Promise<void> {
    setMaking(true);
    setFailure(undefined);
    try {
      saveFile(await proofFile(app.http, id));
    } catch (error) {
      setFailure(error);
    } finally {
      setMaking(false);
    }
  }

  return (
    <Card title={words.wholeProof}>
      <div class="stack">
        <p>{words.wholeProofText}</p>
        {failure !== undefined && (
          <Banner icon="alert" tone="bad">
            {failureText(failure, app, texts)}
          </Banner>
        )}
        <div>
          <Button look="plain" icon="download" disabled={making} onClick={save}>
            {making ? words.makingProof : words.saveWholeProof}
          </Button>
        </div>
      </div>
    </Card>
  );
}
