/** The files of the time shown, saved through the session: no address that could be passed on. */
import { useState } from "preact/hooks";
import { claimPdf, exportFile, statementPdf } from "../../api/client.js";
import type { Energy } from "../../api/types.js";
import { useApp, useCommunity } from "../../app/context.js";
import { monthShown, startOfDay } from "../../app/time.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { saveFile } from "../../components/saveFile.js";
import { failureText } from "../../flows/failureText.js";
import { useTexts, useWords } from "../../texts/index.js";
import { ENERGY_WORDS } from "./words.js";

export function Downloads({ data, date }: { readonly data: Energy; readonly date: string }) {
  const app = useApp();
  const texts = useTexts();
  const words = useWords(ENERGY_WORDS);
  const { zone } = useCommunity();
  const [busy, setBusy] = useState(false);
  const language = app.preferences.language.value;
  const { participant } = data;
  const span = { from: data.start, to: data.end };
  const month = date.slice(0, 7);
  const monthName = monthShown(startOfDay(`${month}-01`, zone), zone, language);

  async function save(fetchFile: () => Promise<{ readonly blob: Blob; readonly name: string }>): Promise<void> {
    setBusy(true);
    try {
      saveFile(await fetchFile());
    } catch (failure) {
      app.toasts.show(failureText(failure, app, texts), "bad");
    } finally {
      setBusy(false);
    }
  }

  return (
    <Card title={words.download}>
      <div class="stack-tight">
        <p class="quiet small">{busy ? words.saving : words.downloadText}</p>
        <div class="row">
          <Button
            look="plain"
            small
            icon="download"
            disabled={busy}
            onClick={() => save(() => exportFile(app.http, participant, "csv", span))}
          >
            {words.csv}
          </Button>
          <Button
            look="plain"
            small
            icon="download"
            disabled={busy}
            onClick={() => save(() => exportFile(app.http, participant, "green_button", span))}
          >
            {words.greenButton}
          </Button>
          <Button
            look="plain"
            small
            icon="download"
            disabled={busy}
            onClick={() => save(() => statementPdf(app.http, participant, month, language))}
          >
            {words.statement(monthName)}
          </Button>
          <Button
            look="plain"
            small
            icon="download"
            disabled={busy}
            onClick={() => save(() => claimPdf(app.http, participant, month, language))}
          >
            {words.claim(monthName)}
          </Button>
        </div>
      </div>
    </Card>
  );
}
