/** Past intervals, newest first; each opens its supply and demand. */
import { useState } from "preact/hooks";
import { marketIntervals } from "../../api/client.js";
import type { IntervalResult, IntervalResults } from "../../api/types.js";
import { energyShown, priceShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { momentShown } from "../../app/time.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { DataTable } from "../../components/DataTable.js";
import { EmptyState } from "../../components/states.js";
import { failureText } from "../../flows/failureText.js";
import { useTexts, useWords } from "../../texts/index.js";
import { MARKET_WORDS } from "./words.js";

export interface HistoryProps {
  readonly first: IntervalResults;
  readonly onOpen: (result: IntervalResult) => void;
}

/** Rows at first, and more each time. */
const PAGE = 12;

export function History({ first, onOpen }: HistoryProps) {
  const app = useApp();
  const texts = useTexts();
  const { zone } = useCommunity();
  const words = useWords(MARKET_WORDS);
  const [count, setCount] = useState(PAGE);
  const [older, setOlder] = useState<{ items: readonly IntervalResult[]; next: string | null }>();
  const [busy, setBusy] = useState(false);
  const language = app.preferences.language.value;
  const newest = new Set(first.items.map((item) => item.interval));
  const all = [...first.items, ...(older?.items ?? []).filter((item) => !newest.has(item.interval))];
  const next = older ? older.next : first.next;

  async function more(): Promise<void> {
    if (count + PAGE > all.length && next !== null) {
      setBusy(true);
      try {
        const page = await marketIntervals(app.http, next);
        setOlder({ items: [...(older?.items ?? []), ...page.items], next: page.next });
      } catch (failure) {
        app.toasts.show(failureText(failure, app, texts), "bad");
      } finally {
        setBusy(false);
      }
    }
    setCount(count + PAGE);
  }

  if (all.length === 0) {
    return (
      <Card title={words.history}>
        <EmptyState icon="clock" title={words.historyEmpty} text={words.historyEmptyText} />
      </Card>
    );
  }
  return (
    <Card title={words.history}>
      <div class="stack-tight">
        <DataTable
          caption={words.history}
          rows={all.slice(0, count)}
          keyOf={(item) => item.interval}
          columns={[
            {
              title: words.column.time,
              cell: (item) => (
                <button
                  type="button"
                  class="link-button"
                  aria-label={words.open(momentShown(item.start, zone, language))}
                  onClick={() => {
                    onOpen(item);
                  }}
                >
                  {momentShown(item.start, zone, language)}
                </button>
              ),
            },
            {
              title: words.column.price,
              numeric: true,
              cell: (item) => (item.price === null ? words.noTrade : priceShown(item.price, language)),
            },
            {
              title: words.column.matched,
              numeric: true,
              cell: (item) => (item.matched_wh === null ? "–" : energyShown(item.matched_wh, language)),
            },
          ]}
        />
        {(count < all.length || next !== null) && (
          <div>
            <Button look="plain" small disabled={busy} onClick={more}>
              {words.older}
            </Button>
          </div>
        )}
      </div>
    </Card>
  );
}
