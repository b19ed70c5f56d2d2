/** Supply and demand of one past interval, and one's own place on them. */
import { curves as askCurves } from "../../api/client.js";
import type { Curves, IntervalResult } from "../../api/types.js";
import { energyShown, priceShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { momentShown } from "../../app/time.js";
import { useParticipant } from "../../app/useParticipant.js";
import { useResource } from "../../app/useResource.js";
import { Banner } from "../../components/Banner.js";
import { SupplyDemand } from "../../components/charts/SupplyDemand.js";
import { AsTable } from "../../components/DataTable.js";
import { Dialog } from "../../components/Dialog.js";
import { ResourceView } from "../../components/ResourceView.js";
import { Skeleton } from "../../components/states.js";
import { PriceStat } from "../../components/PriceStat.js";
import { Stat } from "../../components/Stat.js";
import { decimalText } from "../../formatting.js";
import { useWords } from "../../texts/index.js";
import { MARKET_WORDS } from "./words.js";

export function CurvesDialog({ result, onClose }: { readonly result: IntervalResult; readonly onClose: () => void }) {
  const { http, preferences } = useApp();
  const { zone } = useCommunity();
  const { participant } = useParticipant();
  const words = useWords(MARKET_WORDS);
  const { interval } = result;
  const resource = useResource(`curves/${interval}/${participant}`, (abort) =>
    askCurves(http, interval, participant, abort),
  );
  return (
    <Dialog
      title={`${words.details} · ${momentShown(result.start, zone, preferences.language.value)}`}
      onClose={onClose}
    >
      <ResourceView resource={resource} skeleton={<Skeleton height={16} />}>
        {(data) => <Shown curves={data} />}
      </ResourceView>
    </Dialog>
  );
}

function Shown({ curves }: { readonly curves: Curves }) {
  const words = useWords(MARKET_WORDS);
  const language = useApp().preferences.language.value;
  const { result } = curves;
  const price = result.price === null ? words.noTrade : priceShown(result.price, language);
  const rows = [
    ...curves.supply.map((step) => ({ ...step, side: words.curve.supply })),
    ...curves.demand.map((step) => ({ ...step, side: words.curve.demand })),
  ];
  return (
    <div class="stack">
      <div class="stats">
        {result.price === null ? (
          <Stat label={words.curve.price} value={price} />
        ) : (
          <PriceStat label={words.curve.price} price={result.price} dot="--flow-local" />
        )}
        <Stat label={words.curve.matched} value={energyShown(result.matched_wh ?? 0, language)} />
      </div>
      <p>{ownText(curves)}</p>
      {curves.withheld ? (
        <Banner>{words.curve.withheld}</Banner>
      ) : (
        <>
          <SupplyDemand
            label={words.curve.label(price, energyShown(result.matched_wh ?? 0, language))}
            curves={curves}
            words={words.curve}
            energyTick={(wh) => decimalText(Math.round(wh), 3, language)}
            priceTick={(tick) => decimalText(Math.round(tick), 4, language)}
          />
          <AsTable
            caption={words.details}
            rows={rows}
            keyOf={(row) => `${row.side}/${row.price}`}
            columns={[
              { title: words.details, cell: (row) => row.side },
              { title: words.column.price, numeric: true, cell: (row) => priceShown(row.price, language) },
              { title: "kWh", numeric: true, cell: (row) => energyShown(row.wh, language) },
            ]}
          />
        </>
      )}
      {result.left_out && <p class="small quiet">{words.leftOut}</p>}
    </div>
  );

  function ownText({ own_side, own_limit, own_wh, own_traded_wh }: Curves): string {
    if (own_side === null || own_limit === null) return words.curve.none;
    const tell = own_side === "buy" ? words.curve.bought : words.curve.sold;
    return tell(energyShown(own_traded_wh, language), energyShown(own_wh, language), priceShown(own_limit, language));
  }
}
