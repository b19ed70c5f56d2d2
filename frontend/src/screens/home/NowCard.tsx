/** The newest reading: power each way, and where it came from or went to. */
import type { LatestReading } from "../../api/types.js";
import { energyShown, powerShown, priceShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { clockText, momentShown } from "../../app/time.js";
import { useParticipant } from "../../app/useParticipant.js";
import { Badge } from "../../components/Banner.js";
import { Card } from "../../components/Card.js";
import { EmptyState } from "../../components/states.js";
import { Stat } from "../../components/Stat.js";
import { useWords } from "../../texts/index.js";
import { HOME_WORDS } from "./words.js";

/** Older than this many intervals, the newest reading is no longer called "now". */
const FRESH_INTERVALS = 3;

export function NowCard({ latest }: { readonly latest: LatestReading | null }) {
  const { clock, preferences } = useApp();
  const { zone, interval_minutes } = useCommunity();
  const { device } = useParticipant();
  const words = useWords(HOME_WORDS);
  const language = preferences.language.value;
  if (!latest) {
    return (
      <Card title={words.now} hero>
        <EmptyState icon="plug" title={words.noReadingTitle} text={words.noReading} />
      </Card>
    );
  }
  const length = interval_minutes * 60;
  const old = clock.now.value - latest.end > FRESH_INTERVALS * length;
  const [production, productionUnit] = parts(powerShown(latest.production_w, language));
  const [consumption, consumptionUnit] = parts(powerShown(latest.consumption_w, language));
  const produces = device !== null || latest.production_wh > 0;
  const aside = (
    <span class="quiet small">
      {words.asOf(clockText(latest.end - length, zone, language), clockText(latest.end, zone, language))}
    </span>
  );
  return (
    <Card title={words.now} hero aside={aside}>
      <div class="stack">
        <div class="stats">
          {produces && (
            <Stat label={words.producing} value={production} unit={productionUnit} size="l" dot="--flow-own" />
          )}
          <Stat label={words.using} value={consumption} unit={consumptionUnit} size="l" dot="--ink-2" />
        </div>
        <div class="row small">
          {latest.settled && <Exchange latest={latest} />}
          {latest.price !== null && <Badge>{words.priceNow(priceShown(latest.price, language))}</Badge>}
          {latest.quality === "estimated" && <Badge tone="warn">{words.estimated}</Badge>}
        </div>
        {!latest.settled && !old && <p class="small quiet">{words.pending}</p>}
        {old && <p class="small quiet">{words.oldReading(momentShown(latest.end, zone, language))}</p>}
      </div>
    </Card>
  );
}

function Exchange({ latest }: { readonly latest: LatestReading }) {
  const words = useWords(HOME_WORDS);
  const language = useApp().preferences.language.value;
  const flows = [
    [words.boughtLong, latest.bought_wh],
    [words.soldLong, latest.sold_wh],
    [words.gridInLong, latest.grid_import_wh],
    [words.gridOutLong, latest.grid_export_wh],
  ] as const;
  return (
    <>
      {flows
        .filter(([, wh]) => wh > 0)
        .map(([label, wh]) => (
          <Badge key={label}>
            {label} {energyShown(wh, language)}
          </Badge>
        ))}
    </>
  );
}

/** The figure and its unit apart. */
function parts(text: string): [string, string] {
  const [figure = "", unit = ""] = text.split("\u00a0");
  return [figure, unit];
}
