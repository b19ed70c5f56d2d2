/** Who supplied the member, and whom the member supplied: by kind of plant, never by name. */
import { supplies } from "../../api/client.js";
import type { Energy, Flows, Supplies } from "../../api/types.js";
import { energyShown, percentOf, percentShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import { useResource } from "../../app/useResource.js";
import { Card } from "../../components/Card.js";
import { FlowPicture, type Flow } from "../../components/charts/FlowPicture.js";
import { ResourceView } from "../../components/ResourceView.js";
import { SkeletonCard } from "../../components/states.js";
import { useTexts, useWords } from "../../texts/index.js";
import { ENERGY_WORDS } from "./words.js";

/** The server tells who supplied whom for this long at most. */
const MOST_SECONDS = 31 * 86_400 + 3_600;

const KIND_COLOURS: Readonly<Record<string, string>> = {
  solar: "--kind-solar",
  hydro: "--kind-hydro",
  wind: "--kind-wind",
};

export function SupplyCards({ data }: { readonly data: Energy }) {
  const { http } = useApp();
  const words = useWords(ENERGY_WORDS);
  const { participant, start, end } = data;
  const short = end - start <= MOST_SECONDS;
  const resource = useResource(
    short ? `supplies/${participant}/${start}/${end}` : undefined,
    (abort) => supplies(http, participant, { from: start, to: end }, abort),
    { refreshOn: ["settled"] },
  );
  if (!short) {
    return (
      <>
        <p class="small quiet">{words.suppliedLong}</p>
        <Pictures flows={data} parts={bySide(data.total, words.neighbours)} />
      </>
    );
  }
  return (
    <ResourceView resource={resource} skeleton={<SkeletonCard lines={3} height={2.5} />}>
      {(found) => <Pictures flows={data} parts={found} />}
    </ResourceView>
  );
}

/** What is drawn; `kind` is empty where kinds are not told apart. */
type Parts = Pick<Supplies, "own_use_wh" | "from_neighbours" | "from_grid_wh" | "to_neighbours" | "to_grid_wh">;

function bySide(total: Flows, kind: string): Parts {
  const side = (wh: number): Supplies["from_neighbours"] => [{ kind, wh, neighbours: 0, value_neur: "0" }];
  return {
    own_use_wh: total.own_use_wh,
    from_neighbours: side(total.bought_wh),
    from_grid_wh: total.grid_import_wh,
    to_neighbours: side(total.sold_wh),
    to_grid_wh: total.grid_export_wh,
  };
}

function Pictures({ flows, parts }: { readonly flows: Energy; readonly parts: Parts }) {
  const { preferences } = useApp();
  const { kinds } = useTexts();
  const words = useWords(ENERGY_WORDS);
  const language = preferences.language.value;
  const basis = flows.basis === "gross" ? "gross" : "net";
  const kindText = (kind: string): string => (kind in kinds ? kinds[kind as keyof typeof kinds] : kind);
  const counted = (count: number): string | undefined => (count > 0 ? words.neighboursTo(count) : undefined);
  const incoming = withNotes([
    { key: "own", label: words.own[basis], amount: parts.own_use_wh, colour: "--flow-own" },
    ...parts.from_neighbours.map(({ kind, wh, neighbours }) => ({
      key: kind,
      label: kindText(kind),
      more: counted(neighbours),
      amount: wh,
      colour: KIND_COLOURS[kind] ?? "--flow-local",
    })),
    { key: "grid", label: words.gridIn, amount: parts.from_grid_wh, colour: "--flow-grid" },
  ]);
  const outgoing = withNotes([
    { key: "own", label: words.ownTo[basis], amount: parts.own_use_wh, colour: "--flow-own" },
    ...parts.to_neighbours.map(({ kind, wh, neighbours }) => ({
      key: kind,
      label: counted(neighbours) ?? words.neighbours,
      amount: wh,
      colour: "--flow-sold",
    })),
    { key: "grid", label: words.gridOut, amount: parts.to_grid_wh, colour: "--flow-surplus" },
  ]);

  function withNotes(rows: readonly Omit<Flow, "note">[]): Flow[] {
    const whole = rows.reduce((sum, { amount }) => sum + amount, 0);
    return rows.map((row) => {
      const percent = percentShown(percentOf(row.amount, whole) ?? 0, language);
      return { ...row, note: `${energyShown(row.amount, language)} · ${percent}` };
    });
  }

  const picture = (title: string, list: readonly Flow[], direction: "in" | "out") => {
    const whole = list.reduce((sum, flow) => sum + flow.amount, 0);
    return (
      <Card title={title}>
        {whole > 0 ? (
          <FlowPicture
            label={title}
            flows={list}
            hub={words.you}
            hubNote={energyShown(whole, language)}
            direction={direction}
          />
        ) : (
          <p class="quiet">{words.suppliedNone}</p>
        )}
      </Card>
    );
  };
  const delivers = flows.total.production_wh > 0;
  return (
    <div class={`grid${delivers ? " grid-2" : ""}`}>
      {picture(words.supplied, incoming, "in")}
      {delivers && picture(words.delivered, outgoing, "out")}
    </div>
  );
}
