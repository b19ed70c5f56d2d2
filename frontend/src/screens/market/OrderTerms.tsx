/** One order in the member's words. */
import {
  buyText,
  capText,
  fromText,
  sellText,
  untilText,
  type ReadableOrder,
  type WordsContext,
} from "../../flows/orderWords.js";

export interface OrderTermsProps {
  readonly order: ReadableOrder;
  readonly context: WordsContext;
}

export function OrderTerms({ order, context }: OrderTermsProps) {
  const { words, sells } = context;
  return (
    <dl class="terms">
      <div>
        <dt>{words.order.buyLabel}</dt>
        <dd>
          {buyText(order, context)}
          <span class="sub">{capText(order.buy_cap_wh, context)}</span>
        </dd>
      </div>
      {sells && (
        <div>
          <dt>{words.order.sellLabel}</dt>
          <dd>
            {sellText(order, context)}
            <span class="sub">{capText(order.sell_cap_wh, context)}</span>
          </dd>
        </div>
      )}
      <div>
        <dt>{words.order.fromLabel}</dt>
        <dd>{fromText(order, context)}</dd>
      </div>
      <div>
        <dt>{words.order.untilLabel}</dt>
        <dd>{untilText(order.to_interval, context)}</dd>
      </div>
    </dl>
  );
}
