/** Money: booking bank transfers, and every movement. */
import { useState } from "preact/hooks";
import { members, treasury, type Treasury } from "../../api/operator.js";
import { accountShown, moneyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { momentShown } from "../../app/time.js";
import { usePages } from "../../app/usePages.js";
import { useResource } from "../../app/useResource.js";
import { Button } from "../../components/Button.js";
import { Card } from "../../components/Card.js";
import { DataTable } from "../../components/DataTable.js";
import { Field, Select } from "../../components/Field.js";
import { ResourceView } from "../../components/ResourceView.js";
import { parseEuro } from "../../domain/decimals.js";
import { sendReviewed } from "../../flows/operator.js";
import { useWords } from "../../texts/index.js";
import { OPERATOR } from "./words.js";

export function TreasuryPage() {
  const { http, session } = useApp();
  const pages = usePages<Treasury["items"][number], Treasury>("operator/treasury", (cursor, abort) =>
    treasury(http, cursor, abort),
  );
  return (
    <>
      {session.me.value?.roles.includes("treasurer") && <Deposit onDone={pages.first.reload} />}
      <ResourceView resource={pages.first}>{() => <Lines pages={pages} />}</ResourceView>
    </>
  );
}

function Lines({ pages }: { readonly pages: ReturnType<typeof usePages<Treasury["items"][number], Treasury>> }) {
  const language = useApp().preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(OPERATOR).treasury;
  return (
    <Card title={words.lines}>
      {pages.items.length === 0 ? (
        <p class="quiet">{words.linesEmpty}</p>
      ) : (
        <div class="stack">
          <DataTable
            caption={words.lines}
            rows={pages.items}
            keyOf={(line) => `${line.at}/${line.reference ?? ""}/${line.account}/${line.kind}`}
            columns={[
              { title: words.when, cell: (line) => momentShown(line.at, zone, language) },
              { title: words.what, cell: (line) => words.kinds[line.kind] ?? line.kind },
              { title: words.point, numeric: true, cell: (line) => line.participant ?? "" },
              { title: words.who, cell: (line) => accountShown(line.account) },
              { title: words.amount, numeric: true, cell: (line) => moneyShown(line.amount_neur, language) },
            ]}
          />
          {pages.hasMore && (
            <Button look="plain" wide disabled={pages.busy} onClick={pages.more}>
              {words.more}
            </Button>
          )}
        </div>
      )}
    </Card>
  );
}

function Deposit({ onDone }: { readonly onDone: () => void }) {
  const app = useApp();
  const language = app.preferences.language.value;
  const { treasury: words, refusals } = useWords(OPERATOR);
  const everybody = useResource("operator/members", (abort) => members(app.http, abort));
  const [point, setPoint] = useState("");
  const [amount, setAmount] = useState("");
  const [reference, setReference] = useState("");
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const points = everybody.data?.participants ?? [];
  const participant = Number(point || String(points[0]?.participant ?? 0));

  async function book(): Promise<void> {
    const neur = parseEuro(amount);
    const text = reference.trim();
    const wrong = neur === undefined || neur <= 0n;
    setErrors({
      ...(wrong && { amount: words.amountWrong }),
      ...(!text && { reference: words.referenceMissing }),
      ...(!(participant > 0) && { point: refusals.known["RegistryParticipantUnknown"] ?? "" }),
    });
    if (wrong || !text || !(participant > 0)) return;
    const label = points.find((one) => one.participant === participant)?.label ?? "";
    const done = await sendReviewed(
      app,
      (calls) => calls.depositCall(participant, neur, calls.depositReference(text)),
      {
        title: words.review.title,
        lines: [
          { label: words.point, value: `${participant} ${label}` },
          { label: words.amount, value: moneyShown(neur, language) },
          { label: words.reference, value: text },
        ],
        note: words.review.note,
        action: words.review.action,
      },
      refusals,
    );
    if (!done) return;
    setAmount("");
    setReference("");
    app.toasts.show(words.done, "good");
    onDone();
  }

  return (
    <Card title={words.deposit}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void book();
        }}
      >
        <p class="quiet">{words.depositText}</p>
        <div class="form-row">
          {/* A treasurer who may not list the members types the number. */}
          {points.length > 0 ? (
            <Select
              label={words.point}
              value={String(participant)}
              options={points.map((one) => ({
                value: String(one.participant),
                label: `${one.participant} ${one.label ?? ""}`,
              }))}
              onChange={setPoint}
            />
          ) : (
            <Field label={words.point} inputMode="numeric" value={point} onInput={setPoint} error={errors["point"]} />
          )}
          <Field
            label={words.amount}
            unit="€"
            inputMode="decimal"
            value={amount}
            onInput={setAmount}
            error={errors["amount"]}
          />
        </div>
        <Field
          label={words.reference}
          hint={words.referenceHint}
          value={reference}
          onInput={setReference}
          error={errors["reference"]}
        />
        <div>
          <Button type="submit">{words.book}</Button>
        </div>
      </form>
    </Card>
  );
}
