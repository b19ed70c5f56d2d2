/** Operator: the pages of those who run the community; each shows what its roles may see. */
import { useApp } from "../../app/context.js";
import { hrefOf } from "../../app/router.js";
import type { ScreenProps } from "../../app/screenTypes.js";
import { Card } from "../../components/Card.js";
import { EmptyState } from "../../components/states.js";
import { Tabs } from "../../components/Tabs.js";
import { useWords } from "../../texts/index.js";
import { Enrolments } from "./Enrolments.js";
import { Exports } from "./Exports.js";
import { MembersPage } from "./MembersPage.js";
import { OverviewPage } from "./OverviewPage.js";
import { Tariffs } from "./Tariffs.js";
import { TreasuryPage } from "./TreasuryPage.js";
import { OPERATOR } from "./words.js";
import "./operator.css";

type Tab = "overview" | "members" | "enrolments" | "tariffs" | "treasury" | "exports";

/** Who sees a page. The server decides; this only spares a page that would say no. */
const PAGES: Readonly<Record<Tab, readonly string[]>> = {
  overview: ["operator", "metering_operator", "treasurer", "issuing_body", "auditor"],
  members: ["operator", "metering_operator"],
  enrolments: ["operator", "metering_operator"],
  tariffs: ["operator"],
  treasury: ["operator", "treasurer"],
  exports: ["operator"],
};

export default function OperatorScreen({ rest }: ScreenProps) {
  const { router, session } = useApp();
  const words = useWords(OPERATOR);
  const roles = session.me.value?.roles ?? [];
  const tabs = (Object.keys(PAGES) as Tab[]).filter((tab) => PAGES[tab].some((role) => roles.includes(role)));
  const tab = tabs.find((one) => one === rest[0]) ?? tabs[0];
  if (tab === undefined) {
    return (
      <Card>
        <EmptyState icon="operator" title={words.title} text={words.notYours} />
      </Card>
    );
  }
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.title}</h1>
          <p class="quiet">{words.lead}</p>
        </div>
      </header>
      <div class="stack">
        <div>
          <Tabs<Tab>
            label={words.tabs.label}
            value={tab}
            choices={tabs.map((value) => ({ value, label: words.tabs[value] }))}
            onChange={(value) => {
              router.go(hrefOf(`operator/${value}`), { replace: true });
            }}
          />
        </div>
        <Page tab={tab} />
      </div>
    </>
  );
}

function Page({ tab }: { readonly tab: Tab }) {
  switch (tab) {
    case "overview":
      return <OverviewPage />;
    case "members":
      return <MembersPage />;
    case "enrolments":
      return <Enrolments />;
    case "tariffs":
      return <Tariffs />;
    case "treasury":
      return <TreasuryPage />;
    case "exports":
      return <Exports />;
  }
}
