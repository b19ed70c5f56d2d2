/** Everything that happened under a consent, newest first. */
import { consentLog, type Consent } from "../../api/consents.js";
import { useApp, useCommunity } from "../../app/context.js";
import { momentShown, show } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Dialog } from "../../components/Dialog.js";
import { ResourceView } from "../../components/ResourceView.js";
import { useWords } from "../../texts/index.js";
import { CONSENTS } from "./words.js";

export function LogDialog({ consent, onClose }: { readonly consent: Consent; readonly onClose: () => void }) {
  const { http, preferences } = useApp();
  const language = preferences.language.value;
  const { zone, interval_minutes: minutes } = useCommunity();
  const words = useWords(CONSENTS);
  const resource = useResource(`consent/${consent.consent}/log`, (abort) => consentLog(http, consent.consent, abort));
  const date = (interval: number): string =>
    show(interval * minutes * 60, zone, language, { day: "numeric", month: "short", year: "numeric" });
  return (
    <Dialog title={words.log.title} onClose={onClose}>
      <ResourceView resource={resource}>
        {({ lines }) =>
          lines.length === 0 ? (
            <p class="quiet">{words.log.empty}</p>
          ) : (
            <ol class="log">
              {lines.map((line, at) => (
                <li key={at}>
                  <strong>{words.log.kinds[line.kind] ?? line.kind}</strong>
                  <span class="quiet num">{momentShown(line.at, zone, language)}</span>
                  {line.first_interval !== null && line.end_interval !== null && (
                    <p class="small quiet">{words.log.span(date(line.first_interval), date(line.end_interval))}</p>
                  )}
                </li>
              ))}
            </ol>
          )
        }
      </ResourceView>
    </Dialog>
  );
}
