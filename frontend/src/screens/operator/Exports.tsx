/** Files for a month: everybody's statements, and the allocation keys of each plant. */
import { useState } from "preact/hooks";
import { keysOf, members, statementsOf } from "../../api/operator.js";
import { useApp, useCommunity } from "../../app/context.js";
import { addMonths, dayOf } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Field, Select } from "../../components/Field.js";
import { ResourceView } from "../../components/ResourceView.js";
import { saveFile } from "../../components/saveFile.js";
import { failureText } from "../../flows/failureText.js";
import { useTexts, useWords } from "../../texts/index.js";
import { OPERATOR } from "./words.js";

export function Exports() {
  const app = useApp();
  const texts = useTexts();
  const { zone } = useCommunity();
  const words = useWords(OPERATOR).exports;
  const lastMonth = addMonths(`${dayOf(app.clock.now.value, zone).slice(0, 7)}-01`, -1).slice(0, 7);
  const [month, setMonth] = useState(lastMonth);
  const [producer, setProducer] = useState("");
  const [busy, setBusy] = useState(false);
  const resource = useResource("operator/members", (abort) => members(app.http, abort));
  const isMonth = /^\d{4}-(0[1-9]|1[0-2])$/.test(month);

  async function save(get: () => ReturnType<typeof statementsOf>): Promise<void> {
    setBusy(true);
    try {
      saveFile(await get());
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    }
    setBusy(false);
  }

  return (
    <>
      <Card>
        <Field
          label={words.month}
          type="month"
          value={month}
          onInput={setMonth}
          error={isMonth ? undefined : words.monthWrong}
        />
      </Card>
      <div class="grid grid-2">
        <Card title={words.statements}>
          <div class="stack">
            <p class="quiet">{words.statementsText}</p>
            <div class="row">
              {(["csv", "zip"] as const).map((format) => (
                <Button
                  key={format}
                  look="plain"
                  icon="download"
                  disabled={busy || !isMonth}
                  onClick={() => save(() => statementsOf(app.http, month, format))}
                >
                  {words[format]}
                </Button>
              ))}
            </div>
          </div>
        </Card>
        <Card title={words.keys}>
          <ResourceView resource={resource}>
            {({ participants }) => {
              const producers = participants.filter(({ device }) => device !== null);
              const chosen = producer || String(producers[0]?.participant ?? "");
              if (producers.length === 0) return <p class="quiet">{words.noProducer}</p>;
              return (
                <div class="stack">
                  <p class="quiet">{words.keysText}</p>
                  <Select
                    label={words.producer}
                    value={chosen}
                    options={producers.map((one) => ({
                      value: String(one.participant),
                      label: `${one.participant} ${one.label ?? ""}`,
                    }))}
                    onChange={setProducer}
                  />
                  <div>
                    <Button
                      look="plain"
                      icon="download"
                      disabled={busy || !isMonth}
                      onClick={() => save(() => keysOf(app.http, month, Number(chosen)))}
                    >
                      {words.keysFile}
                    </Button>
                  </div>
                </div>
              );
            }}
          </ResourceView>
        </Card>
      </div>
    </>
  );
}
