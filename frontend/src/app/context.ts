/** Everything that screens share, made once in `main.tsx` and handed down; there is no other global. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ReadonlySignal } from "@preact/signals";
import type { Http } from "../api/http.js";
import type { Community } from "../api/types.js";
import type { ReviewDesk } from "../flows/review.js";
import type { Wallets } from "../wallet/wallets.js";
import type { ChainClock } from "./clock.js";
import type { Connectivity } from "./connectivity.js";
import type { Live } from "./live.js";
import type { Preferences } from "./preferences.js";
import type { Router } from "./router.js";
import type { SessionStore } from "./session.js";
import type { Toasts } from "./toasts.js";
import type { ResourceCache } from "./useResource.js";

export interface App {
  readonly http: Http;
  readonly router: Router;
  readonly preferences: Preferences;
  readonly connectivity: Connectivity;
  readonly live: Live;
  readonly clock: ChainClock;
  readonly session: SessionStore;
  /** The community's settings, undefined until the server has told them. */
  readonly community: ReadonlySignal<Community | undefined>;
  readonly wallets: Wallets;
  readonly review: ReviewDesk;
  readonly toasts: Toasts;
  readonly resources: ResourceCache;
}

export const AppContext = createContext<App | undefined>(undefined);

/** What all screens share. Throws outside the app. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("useApp is called outside <AppContext.Provider>");
  return app;
}

/** The community's settings: screens are only shown once they are known. */
export function useCommunity(): Community {
  const { community } = useApp();
  if (!community.value) throw new Error("a screen was shown before the community's settings came");
  return community.value;
}
