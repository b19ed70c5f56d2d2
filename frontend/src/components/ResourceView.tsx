/** A resource in all its states: skeleton, failure, old with a line that says so, or fresh. */
import type { ComponentChildren } from "preact";
import { useApp, useCommunity } from "../app/context.js";
import { clockText } from "../app/time.js";
import type { Resource } from "../app/useResource.js";
import { isPassing } from "../api/failures.js";
import { useTexts } from "../texts/index.js";
import { Banner } from "./Banner.js";
import { Button } from "./Button.js";
import { ErrorState, SkeletonCard } from "./states.js";

export interface ResourceViewProps<Data> {
  readonly resource: Resource<Data>;
  readonly skeleton?: ComponentChildren;
  readonly children: (data: Data) => ComponentChildren;
}

export function ResourceView<Data>({ resource, skeleton, children }: ResourceViewProps<Data>) {
  const { state, reload } = resource;
  switch (state.status) {
    case "loading":
      return <>{skeleton ?? <SkeletonCard />}</>;
    case "failed":
      return (
        <div class="card">
          <ErrorState failure={state.failure} onRetry={reload} />
        </div>
      );
    case "stale":
      return (
        <>
          <StaleBanner at={state.at} passing={isPassing(state.failure)} onRetry={reload} />
          {children(state.data)}
        </>
      );
    case "ready":
      return <>{children(state.data)}</>;
  }
}

/** Says since when the figures are old, unless the line across the top already says that the server is away. */
function StaleBanner(props: { readonly at: number; readonly passing: boolean; readonly onRetry: () => void }) {
  const { preferences, connectivity } = useApp();
  const { states } = useTexts();
  const { zone } = useCommunity();
  const time = clockText(props.at / 1000, zone, preferences.language.value);
  const action = (
    <Button look="quiet" small onClick={props.onRetry}>
      {states.retry}
    </Button>
  );
  return (
    <Banner tone="warn" icon="clock" action={props.passing && connectivity.link.value !== "up" ? undefined : action}>
      {states.stale(time)}
    </Banner>
  );
}
