/** What stands where there is nothing to show: yet, at all, or now. */
import type { ComponentChildren } from "preact";
import type { ApiFailure } from "../api/failures.js";
import { useApp } from "../app/context.js";
import { useTexts } from "../texts/index.js";
import { problemWords } from "../texts/problems.js";
import { Button } from "./Button.js";
import { Icon, type IconName } from "./Icon.js";

/** Grey bars in the shape of what comes. `height` in rem. */
export function Skeleton({ height = 1, width = "100%" }: { readonly height?: number; readonly width?: string }) {
  return <span class="skeleton" style={{ height: `${height}rem`, width }} aria-hidden="true" />;
}

/** A card's worth of skeleton. */
export function SkeletonCard({ lines = 3, height = 1 }: { readonly lines?: number; readonly height?: number }) {
  const texts = useTexts();
  return (
    <div class="card stack" role="status" aria-label={texts.states.loading}>
      <Skeleton width="38%" height={1.25} />
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={height} width={line === lines - 1 && lines > 1 ? "64%" : "100%"} />
      ))}
    </div>
  );
}

interface StateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text?: ComponentChildren;
  readonly action?: ComponentChildren;
  readonly tone?: "bad" | undefined;
  /** 1 where it is all that the page says. */
  readonly level?: 1 | 2;
}

/** Nothing here, why, and what to do about it. */
export function EmptyState({ icon, title, text, action, tone, level = 2 }: StateProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div class="state" data-tone={tone}>
      <Icon name={icon} />
      <Heading>{title}</Heading>
      {text && <p>{text}</p>}
      {action}
    </div>
  );
}

/** Why something cannot be shown, with a way to try again. */
export function ErrorState({ failure, onRetry }: { readonly failure: ApiFailure; readonly onRetry?: () => void }) {
  const { states, nav } = useTexts();
  const problem = problemWords(failure, useApp().preferences.language.value);
  const retry = onRetry && (
    <Button look="plain" onClick={onRetry}>
      {states.retry}
    </Button>
  );
  switch (failure.kind) {
    case "offline":
      return <EmptyState icon="offline" title={states.offlineTitle} text={states.offlineEmpty} action={retry} />;
    case "unreachable":
      return <EmptyState icon="offline" title={states.downTitle} text={states.downEmpty} action={retry} />;
    case "signedOut":
      return (
        <EmptyState
          icon="wallet"
          title={states.signedOutTitle}
          text={states.signedOut}
          action={
            <a class="button button-primary" href="#/sign-in">
              {nav.signIn}
            </a>
          }
        />
      );
    case "refused":
      return (
        <EmptyState
          icon="alert"
          tone="bad"
          title={problem.detail || states.refusedTitle}
          text={problem.hint}
          action={retry}
        />
      );
    case "broken":
      return <EmptyState icon="alert" tone="bad" title={states.brokenTitle} text={states.broken} action={retry} />;
  }
}
