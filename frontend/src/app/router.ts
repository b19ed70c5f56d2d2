/**
 * Addresses of the screens: `#/energy?span=week`. The part after `#` never reaches a server, so that the pages work
 * from any folder and behind any proxy.
 */
import { signal, type ReadonlySignal } from "@preact/signals";

/** Where the reader is: `path` as parts (`["market", "past"]`), and what follows the question mark. */
export interface Place {
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

export interface Router {
  readonly place: ReadonlySignal<Place>;
  /** Goes to `#/path`; with `replace` the way back skips the present place. */
  go(path: string, options?: { replace?: boolean }): void;
}

/** `#/energy/2026-04-01?span=week` as a place; anything that is no such address is the home. */
export function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const parts = path.split("/").filter((part) => part !== "");
  return { parts: parts.map(decoded), query: new URLSearchParams(query) };
}

/** The address of a path for a link: `/market` or `market` is `#/market`. */
export function hrefOf(path: string, query: Readonly<Record<string, string>> = {}): string {
  const search = new URLSearchParams(query).toString();
  return `#/${path.replace(/^\/+/, "")}${search && `?${search}`}`;
}

/** Follows the address of `view`. Made once, when the pages start. */
export function createRouter(view: Window): Router {
  const place = signal(placeOf(view.location.hash));
  view.addEventListener("hashchange", () => {
    place.value = placeOf(view.location.hash);
  });
  return {
    place,
    go(path, { replace = false } = {}) {
      const address = path.startsWith("#") ? path : hrefOf(path);
      if (!replace) {
        view.location.hash = address;
        return;
      }
      view.history.replaceState(null, "", address);
      place.value = placeOf(address);
    },
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a stray percent sign in a pasted address
  }
}
