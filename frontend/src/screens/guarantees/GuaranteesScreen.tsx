/** Guarantees: what I hold, what was used for me, what I sold; and one certificate at `#/guarantees/<number>`. */
import { useState } from "preact/hooks";
import { certificates, type Certificate, type Certificates } from "../../api/registry.js";
import { energyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { hrefOf } from "../../app/router.js";
import type { ScreenProps } from "../../app/screenTypes.js";
import { usePages } from "../../app/usePages.js";
import { Button, ButtonLink } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { ResourceView } from "../../components/ResourceView.js";
import { Stat } from "../../components/Stat.js";
import { Tabs } from "../../components/Tabs.js";
import { failureText } from "../../flows/failureText.js";
import { useTexts, useWords } from "../../texts/index.js";
import { CertificateList } from "./CertificateList.js";
import { CertificateScreen } from "./CertificateScreen.js";
import { ExportsTab } from "./ExportsTab.js";
import { HandOnDialog } from "./HandOnDialog.js";
import { MonthFilter } from "./MonthFilter.js";
import { monthSpan } from "./months.js";
import { StatementList } from "./StatementList.js";
import { UseDialog } from "./UseDialog.js";
import { certificateWords, GUARANTEES } from "./words.js";
import "./guarantees.css";

type Tab = "certificates" | "statements" | "exports";
const PAGE = 100;

export default function GuaranteesScreen({ rest }: ScreenProps) {
  const [id] = rest;
  return id === undefined ? <Overview /> : <CertificateScreen id={id} />;
}

function Overview() {
  const { http } = useApp();
  const community = useCommunity();
  const words = useWords(GUARANTEES);
  const { title, lead } = certificateWords(community, words);
  const [tab, setTab] = useState<Tab>("certificates");
  const [month, setMonth] = useState<string | undefined>();
  const [onlyHeld, setOnlyHeld] = useState(false);
  const span = month === undefined ? {} : monthSpan(month, community.zone);
  const pages = usePages<Certificate, Certificates>(
    `certificates/${month ?? "all"}`,
    (cursor, abort) => certificates(http, { cursor, limit: PAGE, ...span }, abort),
    { refreshOn: ["certificates", "settled"] },
  );
  const held = usePages<Certificate, Certificates>(
    onlyHeld ? `certificates/${month ?? "all"}/held` : undefined,
    (cursor, abort) => certificates(http, { cursor, limit: PAGE, held: true, ...span }, abort),
    { refreshOn: ["certificates", "settled"] },
  );
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          <p class="quiet">{lead}</p>
        </div>
        <ButtonLink look="quiet" small icon="verify" href={hrefOf("verify")}>
          {words.verify}
        </ButtonLink>
      </header>
      <div class="stack">
        <ResourceView resource={pages.first}>
          {(data) => (
            <>
              <Sums sums={data} span={span} />
              <div>
                <Tabs<Tab>
                  label={words.tabs.label}
                  value={tab}
                  onChange={setTab}
                  choices={[
                    { value: "certificates", label: words.tabs.certificates },
                    { value: "statements", label: words.tabs.statements },
                    { value: "exports", label: words.tabs.exports },
                  ]}
                />
              </div>
              {tab === "exports" && <ExportsTab />}
              {tab === "statements" && <StatementList />}
              {tab === "certificates" && (
                <>
                  <MonthFilter month={month} onChange={setMonth} onlyHeld={onlyHeld} onOnlyHeld={setOnlyHeld} />
                  {onlyHeld ? (
                    <ResourceView resource={held.first}>
                      {() => <CertificateList pages={held} onlyHeld filtered={month !== undefined} />}
                    </ResourceView>
                  ) : (
                    <CertificateList pages={pages} onlyHeld={false} filtered={month !== undefined} />
                  )}
                </>
              )}
            </>
          )}
        </ResourceView>
      </div>
    </>
  );
}

interface SumsProps {
  readonly sums: Certificates;
  /** The time that is looked at: uses and transfers take from it. */
  readonly span: { readonly from?: number; readonly to?: number };
}

/** More than can be used or handed on at once. */
const MOST = 200;
type Act = "use" | "handOn";

function Sums({ sums, span }: SumsProps) {
  const app = useApp();
  const texts = useTexts();
  const language = app.preferences.language.value;
  const words = useWords(GUARANTEES);
  const [dialog, setDialog] = useState<{ readonly act: Act; readonly held: readonly Certificate[] } | undefined>();
  const [busy, setBusy] = useState(false);
  const close = (): void => {
    setDialog(undefined);
  };
  async function open(act: Act): Promise<void> {
    setBusy(true);
    try {
      const { items } = await certificates(app.http, { held: true, limit: MOST, ...span });
      setDialog({ act, held: items });
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    }
    setBusy(false);
  }
  return (
    <Card hero>
      <div class="stack">
        <Stat size="l" label={words.held} value={energyShown(sums.held_wh, language)} note={words.heldNote} />
        <div class="stats">
          <Stat
            label={words.ownUse}
            dot="--flow-own"
            value={energyShown(sums.own_use_wh, language)}
            note={words.ownUseNote}
          />
          <Stat
            label={words.sold}
            dot="--flow-sold"
            value={energyShown(sums.sold_wh, language)}
            note={words.soldNote}
          />
          <Stat
            label={words.cancelled}
            dot="--flow-local"
            value={energyShown(sums.cancelled_wh, language)}
            note={words.cancelledNote}
          />
        </div>
        {sums.held_wh > 0 && (
          <div class="row">
            <Button icon="check" disabled={busy} onClick={() => open("use")}>
              {words.use}
            </Button>
            <Button look="plain" icon="right" disabled={busy} onClick={() => open("handOn")}>
              {words.handOn}
            </Button>
          </div>
        )}
      </div>
      {dialog?.act === "use" && <UseDialog certificates={dialog.held} onClose={close} />}
      {dialog?.act === "handOn" && <HandOnDialog certificates={dialog.held} onClose={close} />}
    </Card>
  );
}
