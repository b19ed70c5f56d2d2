/** Which screen stands at the present address, and whether the reader may see it. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ButtonLink } from "../components/Button.js";
import { EmptyState, ErrorState, SkeletonCard } from "../components/states.js";
import { ApiFailure } from "../api/failures.js";
import { HOME_PATH, SCREENS } from "../screens/index.js";
import NotFound from "../screens/notFound/NotFound.js";
import { useTexts } from "../texts/index.js";
import { useApp } from "./context.js";
import { hrefOf } from "./router.js";
import type { ScreenEntry, ScreenProps } from "./screenTypes.js";
import { Shell } from "./Shell.js";

export function Root() {
  const app = useApp();
  const texts = useTexts();
  const { parts, query } = app.router.place.value;
  const [path = HOME_PATH, ...rest] = parts;
  const entry = SCREENS.find((screen) => screen.path === path);
  const title = entry ? texts.nav[entry.name] : texts.notFound.title;
  useEffect(() => {
    document.title = `${title} · ${app.community.value?.name ?? texts.product}`;
  }, [title, texts, app.community.value]);
  useEffect(() => {
    scrollTo(0, 0);
  }, [path]);
  return (
    <Shell active={path}>{entry ? <Guarded key={path} entry={entry} rest={rest} query={query} /> : <NotFound />}</Shell>
  );
}

/** Waits for the settings and for who is signed in, and says so when a screen is not for this reader. */
function Guarded({ entry, ...props }: { readonly entry: ScreenEntry } & ScreenProps) {
  const app = useApp();
  const { states, nav } = useTexts();
  const session = app.session.state.value;
  const link = app.connectivity.link.value;
  const waiting = (!app.community.value && !entry.alone) || (session.status === "unknown" && entry.access !== "anyone");
  if (waiting) {
    if (link === "up") return <Waiting />;
    const failure = new ApiFailure(link === "offline" ? "offline" : "unreachable");
    return (
      <div class="card">
        <ErrorState failure={failure} onRetry={app.connectivity.retry} />
      </div>
    );
  }
  if (entry.access !== "anyone" && session.status === "out") {
    const action = <ButtonLink href={hrefOf("sign-in", { to: entry.path })}>{nav.signIn}</ButtonLink>;
    return (
      <div class="card">
        <EmptyState level={1} icon="wallet" title={states.needSignInTitle} text={states.needSignIn} action={action} />
      </div>
    );
  }
  if (entry.access === "member" && !app.session.participant.value) {
    return (
      <div class="card">
        <EmptyState
          icon="plug"
          title={states.notMemberTitle}
          text={states.notMember}
          action={
            <ButtonLink look="plain" href={hrefOf("enrolment")}>
              {nav.enrolment}
            </ButtonLink>
          }
        />
      </div>
    );
  }
  return <Loaded entry={entry} {...props} />;
}

function Loaded({ entry, ...props }: { readonly entry: ScreenEntry } & ScreenProps) {
  const [Screen, setScreen] = useState<ComponentType<ScreenProps> | undefined>();
  const [failed, setFailed] = useState(false);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let mounted = true;
    entry.load().then(
      (module) => {
        if (mounted) setScreen(() => module.default);
      },
      () => {
        if (mounted) setFailed(true);
      },
    );
    return () => {
      mounted = false;
    };
  }, [entry, tries]);
  if (Screen) return <Screen {...props} />;
  if (!failed) return <Waiting />;
  const retry = (): void => {
    setFailed(false);
    setTries(tries + 1);
  };
  return (
    <div class="card">
      <ErrorState failure={new ApiFailure("unreachable")} onRetry={retry} />
    </div>
  );
}

function Waiting() {
  return (
    <div class="stack">
      <SkeletonCard lines={2} height={2.5} />
      <SkeletonCard lines={4} />
    </div>
  );
}
