/** Now, today and this month at a glance. */
import { home } from "../../api/client.js";
import { useApp, useCommunity } from "../../app/context.js";
import { dayShown, localTime } from "../../app/time.js";
import { useParticipant } from "../../app/useParticipant.js";
import { useResource } from "../../app/useResource.js";
import { ResourceView } from "../../components/ResourceView.js";
import { SkeletonCard } from "../../components/states.js";
import { useWords } from "../../texts/index.js";
import { MoneyCard } from "./MoneyCard.js";
import { NowCard } from "./NowCard.js";
import { TargetCard } from "./TargetCard.js";
import { TodayCard } from "./TodayCard.js";
import { HOME_WORDS } from "./words.js";

export default function HomeScreen() {
  const { http } = useApp();
  const { participant, basis } = useParticipant();
  const resource = useResource(`home/${participant}`, (abort) => home(http, participant, abort), {
    refreshOn: ["readings", "settled"],
    everySeconds: 60,
  });
  return (
    <>
      <Greeting />
      <ResourceView resource={resource} skeleton={<Waiting />}>
        {(data) => (
          <div class="grid grid-main">
            <NowCard latest={data.latest} />
            <TargetCard target={data.target} points={data.points_mpt} />
            <TodayCard flows={data.today} basis={basis} />
            <MoneyCard month={data.month} today={data.today} />
          </div>
        )}
      </ResourceView>
    </>
  );
}

function Greeting() {
  const { session, clock, preferences } = useApp();
  const { zone } = useCommunity();
  const words = useWords(HOME_WORDS);
  const minute = clock.now.value - (clock.now.value % 60);
  const { hour } = localTime(minute, zone);
  const greeting = words.greeting[hour < 5 || hour >= 18 ? "evening" : hour < 12 ? "morning" : "day"];
  const name = session.me.value?.name;
  const participants = session.me.value?.participants ?? [];
  return (
    <div class="page-head">
      <div>
        <h1>{name ? `${greeting}, ${name}` : greeting}</h1>
        <p class="quiet">
          {dayShown(minute, zone, preferences.language.value)}
          {participants.length > 1 && ` · ${session.participant.value?.label ?? ""}`}
        </p>
      </div>
    </div>
  );
}

function Waiting() {
  return (
    <div class="grid grid-main">
      <SkeletonCard lines={2} height={3} />
      <SkeletonCard lines={3} />
      <SkeletonCard lines={4} />
      <SkeletonCard lines={3} />
    </div>
  );
}
