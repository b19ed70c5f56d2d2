/** The sums of the time shown, and what is not final about them. */
import type { Energy } from "../../api/types.js";
import { energyNumber, moneyShown, percentOf, percentShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { useParticipant } from "../../app/useParticipant.js";
import { Stat } from "../../components/Stat.js";
import { balanceOf, missingBy } from "../../domain/flows.js";
import { useWords } from "../../texts/index.js";
import { ENERGY_WORDS } from "./words.js";

/** A box that sends its readings a little later is not missed yet. */
const GRACE_INTERVALS = 4;

export function Totals({ data }: { readonly data: Energy }) {
  const words = useWords(ENERGY_WORDS);
  const language = useApp().preferences.language.value;
  const { total } = data;
  const localUse = percentOf(total.own_use_wh + total.bought_wh, total.consumption_wh);
  const localMade = percentOf(total.own_use_wh + total.sold_wh, total.production_wh);
  const local = (percent: number | undefined): string | undefined =>
    percent === undefined ? undefined : words.localShare(percentShown(percent, language));
  const balance = balanceOf(total);
  const alone = BigInt(total.grid_only_neur);
  return (
    <div class="stack-tight">
      <div class="stats">
        <Stat
          label={words.used}
          value={energyNumber(total.consumption_wh, language)}
          unit="kWh"
          note={local(localUse)}
        />
        {total.production_wh > 0 && (
          <Stat
            label={words.made}
            value={energyNumber(total.production_wh, language)}
            unit="kWh"
            note={local(localMade)}
          />
        )}
        <Stat
          label={balance > 0n ? words.balanceEarned : words.balancePaid}
          value={moneyShown(balance < 0n ? -balance : balance, language)}
          note={
            alone < 0n ? words.alonePaid(moneyShown(-alone, language)) : words.aloneEarned(moneyShown(alone, language))
          }
        />
        <Stat label={words.saved} value={moneyShown(total.saved_neur, language)} dot="--flow-local" />
      </div>
      <Notes data={data} />
    </div>
  );
}

function Notes({ data }: { readonly data: Energy }) {
  const words = useWords(ENERGY_WORDS);
  const now = useApp().clock.now.value;
  const { from_interval } = useParticipant();
  const length = useCommunity().interval_minutes * 60;
  const missing = missingBy(data.buckets, from_interval * length, now - GRACE_INTERVALS * length, length);
  const estimated = data.buckets.reduce((sum, bucket) => sum + bucket.estimated, 0);
  const corrected = data.buckets.reduce((sum, bucket) => sum + bucket.corrected, 0);
  const notes = [
    ...(missing > 0 ? [words.missing(missing)] : []),
    ...(estimated > 0 ? [words.estimated(estimated)] : []),
    ...(corrected > 0 ? [words.corrected(corrected)] : []),
    words.provisional,
  ];
  return <p class="small quiet">{notes.join(" ")}</p>;
}
