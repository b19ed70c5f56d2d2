/** The member's prices, and everybody's: two tabs. */
import { useApp } from "../../app/context.js";
import { hrefOf } from "../../app/router.js";
import type { ScreenProps } from "../../app/screenTypes.js";
import { Tabs } from "../../components/Tabs.js";
import { useWords } from "../../texts/index.js";
import { MyBids } from "./MyBids.js";
import { Prices } from "./Prices.js";
import { MARKET_WORDS } from "./words.js";

type View = "bids" | "prices";

export default function MarketScreen({ rest }: ScreenProps) {
  const { router } = useApp();
  const words = useWords(MARKET_WORDS);
  const view: View = rest[0] === "prices" ? "prices" : "bids";
  return (
    <>
      <div class="page-head">
        <h1>{words.title}</h1>
        <Tabs
          label={words.view}
          value={view}
          choices={[
            { value: "bids", label: words.tabs.bids },
            { value: "prices", label: words.tabs.prices },
          ]}
          onChange={(value) => {
            router.go(hrefOf(value === "bids" ? "market" : "market/prices"), { replace: true });
          }}
        />
      </div>
      {view === "bids" ? <MyBids /> : <Prices />}
    </>
  );
}
