/** The grid's prices: today's, the bands there are, and dating them. */
import { useState } from "preact/hooks";
import { gridPrices } from "../../api/client.js";
import { priceShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { addDays, clockText, dayOf, startOfDay } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { StepLines } from "../../components/charts/StepLines.js";
import { AsTable, DataTable } from "../../components/DataTable.js";
import { Field } from "../../components/Field.js";
import { ResourceView } from "../../components/ResourceView.js";
import type { Band } from "../../chain/registryReads.js";
import { parseCents } from "../../domain/decimals.js";
import { decimalText } from "../../formatting.js";
import { askedBy } from "../../flows/chainCall.js";
import { sendReviewed } from "../../flows/operator.js";
import { useTexts, useWords } from "../../texts/index.js";
import { DateBands } from "./DateBands.js";
import { OPERATOR } from "./words.js";

export function Tariffs() {
  const { http } = useApp();
  const { contracts } = useCommunity();
  const [changes, setChanges] = useState(0);
  const tariffs = contracts["TariffSchedule"];
  const resource = useResource(tariffs && `bands/${changes}`, async () =>
    (await import("../../chain/registryReads.js")).bandsOf(askedBy(http), tariffs ?? ""),
  );
  const bands = resource.data ?? [];
  const changed = (): void => {
    setChanges(changes + 1);
  };
  return (
    <>
      <Today changes={changes} />
      <div class="grid grid-2">
        <ResourceView resource={resource}>{(found) => <Bands bands={found} />}</ResourceView>
        <AddBand onDone={changed} />
      </div>
      {bands.length > 0 && <DateBands bands={bands} onDone={changed} />}
    </>
  );
}

function Today({ changes }: { readonly changes: number }) {
  const { http, preferences, clock } = useApp();
  const { zone } = useCommunity();
  const language = preferences.language.value;
  const words = useWords(OPERATOR).tariffs;
  const units = useTexts().units;
  const today = dayOf(clock.now.value, zone);
  const span = { from: startOfDay(today, zone), to: startOfDay(addDays(today, 1), zone) };
  const resource = useResource(`prices/${today}/${changes}`, (abort) => gridPrices(http, span, abort));
  const shown = (price: number): string => priceShown(price, language);
  return (
    <ResourceView resource={resource}>
      {({ items }) => (
        <Card title={words.now}>
          <StepLines
            label={words.now}
            hint={words.hint}
            unit={units.perKwh}
            amount={shown}
            tick={(value) => decimalText(Math.round(value), 4, language)}
            series={[
              { label: words.retail, colour: "--flow-grid" },
              { label: words.feedIn, colour: "--flow-surplus" },
            ]}
            points={items.map((one) => ({
              key: one.interval,
              label: clockText(one.start, zone, language),
              title: clockText(one.start, zone, language),
              values: [one.retail, one.feed_in],
            }))}
          />
          <AsTable
            caption={words.now}
            rows={items}
            keyOf={(one) => one.interval}
            columns={[
              { title: words.time, cell: (one) => clockText(one.start, zone, language) },
              { title: words.retail, numeric: true, cell: (one) => shown(one.retail) },
              { title: words.feedIn, numeric: true, cell: (one) => shown(one.feed_in) },
              { title: words.fee, numeric: true, cell: (one) => shown(one.network_fee) },
            ]}
          />
        </Card>
      )}
    </ResourceView>
  );
}

function Bands({ bands }: { readonly bands: readonly Band[] }) {
  const language = useApp().preferences.language.value;
  const words = useWords(OPERATOR).tariffs;
  const shown = (price: number): string => priceShown(price, language, 2);
  return (
    <Card title={words.bands}>
      {bands.length === 0 ? (
        <p class="quiet">{words.bandsEmpty}</p>
      ) : (
        <DataTable
          caption={words.bands}
          rows={bands}
          keyOf={(one) => one.band}
          columns={[
            { title: words.band, cell: (one) => one.band },
            { title: words.retail, numeric: true, cell: (one) => shown(one.retail) },
            { title: words.feedIn, numeric: true, cell: (one) => shown(one.feedIn) },
            { title: words.fee, numeric: true, cell: (one) => shown(one.networkFee) },
          ]}
        />
      )}
    </Card>
  );
}

function AddBand({ onDone }: { readonly onDone: () => void }) {
  const app = useApp();
  const language = app.preferences.language.value;
  const { tariffs: words, refusals } = useWords(OPERATOR);
  const unit = useTexts().units.perKwh;
  const [typed, setTyped] = useState({ retail: "", feedIn: "", fee: "0" });
  const [failed, setFailed] = useState(false);
  const prices = {
    retail: parseCents(typed.retail),
    feedIn: parseCents(typed.feedIn),
    fee: parseCents(typed.fee),
  };

  async function add(): Promise<void> {
    const { retail, feedIn, fee } = prices;
    const complete = retail !== undefined && feedIn !== undefined && fee !== undefined;
    setFailed(!complete);
    if (!complete) return;
    const line = (label: string, price: number) => ({ label, value: priceShown(price, language, 2) });
    const done = await sendReviewed(
      app,
      (calls) => calls.addBandCall(retail, feedIn, fee),
      {
        title: words.review.add,
        lines: [line(words.retail, retail), line(words.feedIn, feedIn), line(words.fee, fee)],
        note: words.addNote,
        action: words.review.action,
      },
      refusals,
    );
    if (!done) return;
    app.toasts.show(words.added, "good");
    onDone();
  }

  const field = (name: keyof typeof typed, label: string) => (
    <Field
      label={label}
      unit={unit}
      inputMode="decimal"
      value={typed[name]}
      error={failed && prices[name] === undefined ? words.priceWrong : undefined}
      onInput={(text) => {
        setTyped({ ...typed, [name]: text });
      }}
    />
  );
  return (
    <Card title={words.add}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        {field("retail", words.retail)}
        {field("feedIn", words.feedIn)}
        {field("fee", words.fee)}
        <div>
          <Button type="submit">{words.add}</Button>
        </div>
      </form>
    </Card>
  );
}
