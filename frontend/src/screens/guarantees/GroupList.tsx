/** The member's groups of 1 MWh: where each stands, its file, and the way back. */
import { useState } from "preact/hooks";
import { exportGroups, groupFile, groupRelease, type ExportGroup, type ExportGroups } from "../../api/exports.js";
import { energyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { dayShown } from "../../app/time.js";
import { usePages } from "../../app/usePages.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { DataTable } from "../../components/DataTable.js";
import { ResourceView } from "../../components/ResourceView.js";
import { saveFile } from "../../components/saveFile.js";
import { callsOf, releaseGroup } from "../../flows/exports.js";
import { failureText } from "../../flows/failureText.js";
import { useTexts, useWords } from "../../texts/index.js";
import { referenceShown } from "./reference.js";
import { EXPORTS } from "./words.js";

export function GroupList() {
  const app = useApp();
  const words = useWords(EXPORTS);
  const { zone } = useCommunity();
  const language = app.preferences.language.value;
  const pages = usePages<ExportGroup, ExportGroups>(
    "export-groups",
    (cursor, abort) => exportGroups(app.http, cursor, abort),
    { refreshOn: ["certificates"] },
  );
  const { columns } = words;
  const produced = (group: ExportGroup): string =>
    `${dayShown(group.production_start, zone, language)} – ${dayShown(group.production_end - 1, zone, language)}`;
  return (
    <ResourceView resource={pages.first}>
      {() =>
        pages.items.length === 0 ? null : (
          <Card title={words.groups}>
            <DataTable<ExportGroup>
              caption={words.groups}
              rows={pages.items}
              keyOf={(group) => group.group}
              columns={[
                { title: columns.group, cell: ({ group, device }) => `${group} · ${words.plant(device)}` },
                { title: columns.state, cell: (group) => stateShown(group, words) },
                { title: columns.produced, cell: (group) => (group.wh > 0 ? produced(group) : "–") },
                { title: columns.energy, numeric: true, cell: ({ wh }) => energyShown(wh, language) },
                { title: columns.reference, cell: (group) => referenceShown(group.national_reference) },
                { title: columns.act, cell: (group) => <Acts group={group} /> },
              ]}
            />
            {pages.hasMore && (
              <Button look="plain" disabled={pages.busy} onClick={pages.more}>
                {words.more}
              </Button>
            )}
          </Card>
        )
      }
    </ResourceView>
  );
}

function stateShown(
  { state, reason }: ExportGroup,
  words: { states: Readonly<Record<string, string>>; declined: string },
) {
  return state === "open" && reason !== null ? words.declined : (words.states[state] ?? state);
}

function Acts({ group }: { readonly group: ExportGroup }) {
  const app = useApp();
  const texts = useTexts();
  const words = useWords(EXPORTS);
  const [busy, setBusy] = useState(false);
  const language = app.preferences.language.value;

  async function run(act: () => Promise<void>): Promise<void> {
    setBusy(true);
    try {
      await act();
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    }
    setBusy(false);
  }

  async function release(): Promise<void> {
    const prepared = await groupRelease(app.http, group.group);
    const { review } = words;
    const calls = callsOf(prepared.parts);
    const terms = {
      title: review.release,
      lines: [
        { label: review.group, value: words.group(group.group) },
        { label: review.energy, value: energyShown(prepared.wh, language) },
        { label: review.certificates, value: review.count(prepared.parts.length) },
      ],
      note: review.releaseNote + (calls > 1 ? ` ${review.steps(calls)}` : ""),
      action: review.releaseAction,
    };
    const done = await releaseGroup(app, group.group, prepared, terms, words.refusals);
    if (done) app.toasts.show(words.done.released, "good");
  }

  return (
    <div class="row">
      {group.missing_wh === 0 && (
        <Button
          look="plain"
          small
          icon="download"
          disabled={busy}
          onClick={() =>
            run(async () => {
              saveFile(await groupFile(app.http, group.group));
            })
          }
        >
          {words.save}
        </Button>
      )}
      {group.state !== "exported" && group.wh > 0 && (
        <Button look="quiet" small disabled={busy} onClick={() => run(release)}>
          {words.release}
        </Button>
      )}
    </div>
  );
}
