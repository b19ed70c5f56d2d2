/** Makes what all screens share, once, and ties it together. The only place that touches the browser's globals. */
import { effect, signal, untracked } from "@preact/signals";
import { community as askCommunity, me as askMe } from "../api/client.js";
import { createHttp } from "../api/http.js";
import type { Community } from "../api/types.js";
import { takeUpDemo } from "../flows/demoWallets.js";
import { createReviewDesk } from "../flows/review.js";
import { COMMON } from "../texts/index.js";
import { createWallets, storageMemory } from "../wallet/wallets.js";
import { createClock } from "./clock.js";
import { createConnectivity } from "./connectivity.js";
import type { App } from "./context.js";
import { createLive } from "./live.js";
import { createPreferences } from "./preferences.js";
import { createRouter } from "./router.js";
import { createSession } from "./session.js";
import { createToasts } from "./toasts.js";

/** A fast clock drifts from ours: it is set anew this often. */
const SETTINGS_MS = 60_000;

/** Starts the pages in `view`. */
export function createApp(view: Window): App {
  const community = signal<Community | undefined>();
  const clock = createClock();

  async function learnCommunity(): Promise<void> {
    const settings = await askCommunity(http);
    clock.set(settings.now, settings.speed);
    community.value = settings;
  }

  const connectivity = createConnectivity(view, learnCommunity);
  const http = createHttp(fetch.bind(globalThis), connectivity.reach, () => view.navigator.onLine);
  const live = createLive(() => new EventSource("/v1/events"), setTimeout, connectivity.retry);
  const app: App = {
    http,
    connectivity,
    live,
    clock,
    community,
    router: createRouter(view),
    preferences: createPreferences(view),
    session: createSession(() => askMe(http)),
    wallets: createWallets(view, storageMemory(view)),
    review: createReviewDesk(),
    toasts: createToasts(),
    resources: new Map(),
  };
  start(app, view, learnCommunity);
  return app;
}

function start(app: App, view: Window, learnCommunity: () => Promise<void>): void {
  // A failure is no news here: `connectivity` was told, and tries again.
  const learn = (): void => {
    learnCommunity().catch(() => undefined);
  };
  learn();
  void app.session.refresh();
  app.live.reopen();
  app.live.on(["settled", "certificates", "orders"], () => void app.session.refresh());
  view.setInterval(() => {
    if (!view.document.hidden) learn();
  }, SETTINGS_MS);
  effect(() => {
    if (app.community.value?.devnet) takeUpDemo(app).catch(() => undefined);
  });
  effect(() => {
    if (app.connectivity.returns.value === 0) return;
    untracked(() => {
      void app.session.refresh();
      app.live.reopen();
      app.toasts.show(COMMON[app.preferences.language.peek()].states.back, "good");
    });
  });
}
