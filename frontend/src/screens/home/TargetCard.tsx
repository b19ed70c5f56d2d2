/** The month's target and the points that hang on it. */
import type { TargetNow } from "../../api/types.js";
import { energyShown, pointsShown } from "../../app/amounts.js";
import { useApp } from "../../app/context.js";
import { hrefOf } from "../../app/router.js";
import { Badge } from "../../components/Banner.js";
import { Card } from "../../components/Card.js";
import { Meter } from "../../components/Meter.js";
import { Stat } from "../../components/Stat.js";
import { useWords } from "../../texts/index.js";
import { HOME_WORDS } from "./words.js";

const TONES: Readonly<Record<string, "good" | "warn" | "bad">> = { on_course: "good", close: "warn", above: "warn" };

export function TargetCard({ target, points }: { readonly target: TargetNow | null; readonly points: string }) {
  const language = useApp().preferences.language.value;
  const words = useWords(HOME_WORDS);
  const passed = target !== null && target.used_wh > target.target_wh;
  const tone = passed ? "bad" : (TONES[target?.alert ?? ""] ?? "good");
  const ahead = BigInt(target?.forecast_points_mpt ?? "0");
  const balance = (
    <a href={hrefOf("ecopoints")} class="plain-link">
      <Stat
        label={words.points}
        value={pointsShown(points, language)}
        note={ahead > 0n && words.pointsAhead(pointsShown(ahead, language))}
        dot="--flow-local"
      />
    </a>
  );
  return (
    <Card
      title={words.target}
      aside={target?.alert && <Badge tone={tone}>{words.alerts[target.alert] ?? target.alert}</Badge>}
    >
      <div class="stack">
        {target ? <Progress target={target} tone={tone} /> : <p class="quiet">{words.noTarget}</p>}
        {balance}
      </div>
    </Card>
  );
}

function Progress({ target, tone }: { readonly target: TargetNow; readonly tone: "good" | "warn" | "bad" }) {
  const { preferences, clock } = useApp();
  const words = useWords(HOME_WORDS);
  const language = preferences.language.value;
  const text = words.usedOf(energyShown(target.used_wh, language), energyShown(target.target_wh, language));
  const left = Math.max(0, Math.ceil((target.end - clock.now.value) / 86_400));
  return (
    <div class="stack-tight">
      <div class="row-apart">
        <strong class="num">{text}</strong>
        <span class="small quiet">{words.daysLeft(left)}</span>
      </div>
      <Meter label={words.target} value={target.used_wh} most={target.target_wh} text={text} tone={tone} />
      <p class="small quiet">{words.forecast(energyShown(target.forecast_wh, language))}</p>
    </div>
  );
}
