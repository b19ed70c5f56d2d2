/** Whether the server can be reached, and the way back when it can again. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Reach } from "../api/http.js";

export type Link = "up" | "offline" | "down";

export interface Connectivity {
  readonly link: ReadonlySignal<Link>;
  /** Grows by one each time the server is back: what was shown is then asked for again. */
  readonly returns: ReadonlySignal<number>;
  readonly reach: Reach;
  /** Tries the server at once. */
  readonly retry: () => void;
}

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;

/** `probe` asks the server for something small and rejects when there is no answer. */
export function createConnectivity(view: Window, probe: () => Promise<unknown>): Connectivity {
  const link = signal<Link>(view.navigator.onLine ? "up" : "offline");
  const returns = signal(0);
  let wait = FIRST_WAIT_MS;
  let timer: number | undefined;

  function up(): void {
    view.clearTimeout(timer);
    timer = undefined;
    wait = FIRST_WAIT_MS;
    if (link.value === "up") return;
    link.value = "up";
    returns.value += 1;
  }

  function down(): void {
    link.value = view.navigator.onLine ? "down" : "offline";
    if (timer !== undefined) return;
    timer = view.setTimeout(tryAgain, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  function tryAgain(): void {
    view.clearTimeout(timer);
    timer = undefined;
    probe().then(up, down);
  }

  view.addEventListener("online", tryAgain);
  view.addEventListener("offline", down);
  return { link, returns, reach: { answered: up, failed: down }, retry: tryAgain };
}
