/** How earlier months went. */
import type { Targets } from "../../api/registry.js";
import { energyShown, pointsShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { monthShown } from "../../app/time.js";
import { Badge } from "../../components/Banner.js";
import { Card } from "../../components/Card.js";
import { DataTable } from "../../components/DataTable.js";
import { useWords } from "../../texts/index.js";
import { ECOPOINTS } from "./words.js";

export function PastTargets({ targets }: { readonly targets: Targets["past"] }) {
  const language = useApp().preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(ECOPOINTS);
  return (
    <Card title={words.past}>
      <DataTable
        caption={words.past}
        rows={targets}
        keyOf={(target) => target.start}
        columns={[
          // A month's middle names it, whatever the zone does to its bounds.
          { title: words.month, cell: (one) => monthShown((one.start + one.end) / 2, zone, language) },
          { title: words.used, numeric: true, cell: (one) => energyShown(one.used_wh, language) },
          { title: words.target, numeric: true, cell: (one) => energyShown(one.target_wh, language) },
          {
            title: words.outcome,
            cell: (one) => (
              <Badge tone={one.outcome === "award" ? "good" : "neutral"}>
                {words.outcomes[one.outcome] ?? one.outcome}
              </Badge>
            ),
          },
          { title: words.pointsColumn, numeric: true, cell: (one) => pointsShown(one.points_mpt, language) },
        ]}
      />
    </Card>
  );
}
