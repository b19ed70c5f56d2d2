/** Consents: who may read what, for what, until when; and one's own data, to have or to erase. */
import { useState } from "preact/hooks";
import { consents, type Consent } from "../../api/consents.js";
import { useApp } from "../../app/context.js";
import { useResource } from "../../app/useResource.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { ResourceView } from "../../components/ResourceView.js";
import { EmptyState } from "../../components/states.js";
import { useWords } from "../../texts/index.js";
import { ConsentCard } from "./ConsentCard.js";
import { GiveDialog } from "./GiveDialog.js";
import { MyData } from "./MyData.js";
import { CONSENTS } from "./words.js";
import "./consents.css";

export default function ConsentsScreen() {
  const { http, session } = useApp();
  const words = useWords(CONSENTS);
  const [giving, setGiving] = useState(false);
  const resource = useResource("consents", (abort) => consents(http, abort), { refreshOn: ["consent", "intent"] });
  const isMember = session.participant.value !== undefined;
  const give = isMember && (
    <Button
      icon="consents"
      onClick={() => {
        setGiving(true);
      }}
    >
      {words.give}
    </Button>
  );
  return (
    <>
      <header class="page-head">
        <div>
          <h1>{words.title}</h1>
          <p class="quiet">{words.lead}</p>
        </div>
        {give}
      </header>
      <div class="stack">
        <ResourceView resource={resource}>
          {({ given, received }) => (
            <>
              <List title={words.requests} consents={inState(given, "received")} onChanged={resource.reload} />
              {isMember && inState(given, "valid", "received").length === 0 && (
                <Card>
                  <EmptyState icon="consents" title={words.emptyTitle} text={words.empty} />
                </Card>
              )}
              <List title={words.given} consents={inState(given, "valid")} onChanged={resource.reload} />
              <List title={words.received} consents={received} theirs onChanged={resource.reload} />
              <Ended consents={given.filter(({ state }) => state !== "valid" && state !== "received")} />
            </>
          )}
        </ResourceView>
        <MyData />
      </div>
      {giving && (
        <GiveDialog
          onClose={() => {
            setGiving(false);
          }}
          onGiven={resource.reload}
        />
      )}
    </>
  );
}

function inState(list: readonly Consent[], ...states: readonly string[]): Consent[] {
  return list.filter(({ state }) => states.includes(state));
}

interface ListProps {
  readonly title: string;
  readonly consents: readonly Consent[];
  readonly theirs?: boolean;
  readonly onChanged: () => void;
}

function List({ title, consents: list, theirs = false, onChanged }: ListProps) {
  if (list.length === 0) return null;
  return (
    <section class="stack" aria-label={title}>
      <h2>{title}</h2>
      <div class="grid grid-2">
        {list.map((consent) => (
          <ConsentCard key={consent.consent} consent={consent} theirs={theirs} onChanged={onChanged} />
        ))}
      </div>
    </section>
  );
}

function Ended({ consents: list }: { readonly consents: readonly Consent[] }) {
  const words = useWords(CONSENTS);
  if (list.length === 0) return null;
  return (
    <details class="ended">
      <summary>{`${words.ended} (${list.length})`}</summary>
      <div class="grid grid-2">
        {list.map((consent) => (
          <ConsentCard key={consent.consent} consent={consent} theirs={false} onChanged={() => undefined} />
        ))}
      </div>
    </details>
  );
}
