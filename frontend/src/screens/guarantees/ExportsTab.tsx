/** How far each plant is from the next group of 1 MWh, and the groups there are. */
import { useState } from "preact/hooks";
import { exportPlan, nextGroup, type DeviceExports } from "../../api/exports.js";
import { energyShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import { useResource } from "../../app/useResource.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { Meter } from "../../components/Meter.js";
import { ResourceView } from "../../components/ResourceView.js";
import { EmptyState } from "../../components/states.js";
import { callsOf, fillGroup } from "../../flows/exports.js";
import { failureText } from "../../flows/failureText.js";
import { useTexts, useWords } from "../../texts/index.js";
import { GroupList } from "./GroupList.js";
import { EXPORTS } from "./words.js";

const FULL_WH = 1_000_000;

export function ExportsTab() {
  const { http } = useApp();
  const words = useWords(EXPORTS);
  const resource = useResource("export-plan", (abort) => exportPlan(http, abort), {
    refreshOn: ["certificates", "settled"],
  });
  return (
    <div class="stack">
      <p class="quiet">{words.lead}</p>
      <ResourceView resource={resource}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <EmptyState icon="guarantees" title={words.emptyTitle} text={words.empty} />
            </Card>
          ) : (
            <div class="grid grid-2">
              {items.map((item) => (
                <PlantCard key={item.device} item={item} onMade={resource.reload} />
              ))}
            </div>
          )
        }
      </ResourceView>
      <GroupList />
    </div>
  );
}

function PlantCard({ item, onMade }: { readonly item: DeviceExports; readonly onMade: () => void }) {
  const app = useApp();
  const texts = useTexts();
  const words = useWords(EXPORTS);
  const [busy, setBusy] = useState(false);
  const language = app.preferences.language.value;
  const { device, whole_groups: ready, towards_wh: towards, too_late_wh: late, stale_groups: stale } = item;
  const progress = words.towards(energyShown(towards, language));

  async function make(): Promise<void> {
    setBusy(true);
    try {
      const prepared = await nextGroup(app.http, device);
      const { review } = words;
      const calls = callsOf(prepared.parts);
      const asks = prepared.complete ? (calls > 1 ? ` ${review.steps(calls)}` : "") : ` ${review.many}`;
      const terms = {
        title: review.make,
        lines: [
          { label: review.plant, value: words.plant(device) },
          { label: review.energy, value: energyShown(prepared.complete ? prepared.wh : FULL_WH, language) },
          ...(prepared.complete ? [{ label: review.certificates, value: review.count(prepared.parts.length) }] : []),
        ],
        note: review.makeNote + asks,
        action: review.makeAction,
      };
      if (await fillGroup(app, device, prepared, terms, words.refusals)) app.toasts.show(words.done.made, "good");
      onMade();
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    }
    setBusy(false);
  }

  return (
    <Card title={words.plant(device)} aside={ready > 0 && <strong>{words.ready(ready)}</strong>}>
      <div class="stack-tight">
        <Meter label={words.plant(device)} value={towards} most={FULL_WH} text={progress} />
        <p class="num">
          {progress} <span class="quiet">· {words.missing(energyShown(item.missing_wh, language))}</span>
        </p>
        {late > 0 && <p class="quiet small">{words.tooLate(energyShown(late, language))}</p>}
        {stale.length > 0 && <p class="quiet small">{words.stale(stale.join(", "))}</p>}
        {ready > 0 && (
          <div class="row">
            <Button disabled={busy} onClick={make}>
              {words.make}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}
