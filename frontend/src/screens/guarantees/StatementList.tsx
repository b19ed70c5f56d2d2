/** What was used, for when: the member's statements. */
import { statements } from "../../api/registry.js";
import { energyShown } from "../../app/amounts.js";
import { useApp, useCommunity } from "../../app/context.js";
import { momentShown, monthShown } from "../../app/time.js";
import { useResource } from "../../app/useResource.js";
import { Card } from "../../components/Card.js";
import { ResourceView } from "../../components/ResourceView.js";
import { EmptyState } from "../../components/states.js";
import { useWords } from "../../texts/index.js";
import { GUARANTEES } from "./words.js";

export function StatementList() {
  const { http, preferences } = useApp();
  const language = preferences.language.value;
  const { zone } = useCommunity();
  const words = useWords(GUARANTEES);
  const resource = useResource("statements", (abort) => statements(http, abort), { refreshOn: ["certificates"] });
  const purposes: Readonly<Record<string, string>> = words.form.purposes;
  const purposeShown = (code: string | null): string => (code === null ? "–" : (purposes[code] ?? code));
  return (
    <ResourceView resource={resource}>
      {(list) => {
        if (list.length === 0) {
          return (
            <Card>
              <EmptyState icon="guarantees" title={words.statementsEmptyTitle} text={words.statementsEmpty} />
            </Card>
          );
        }
        return (
          <div class="grid grid-2">
            {list.map((one) => (
              <Card
                key={one.statement}
                title={words.statement(one.statement)}
                aside={<strong class="num">{energyShown(one.total_wh, language)}</strong>}
              >
                <dl class="facts">
                  <Fact name={words.statementPeriod} value={monthShown(one.period_from, zone, language)} />
                  <Fact name={words.form.purpose} value={purposeShown(one.purpose_text)} />
                  <Fact name={words.statementDate} value={momentShown(one.at, zone, language)} />
                </dl>
              </Card>
            ))}
          </div>
        );
      }}
    </ResourceView>
  );
}

export function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
