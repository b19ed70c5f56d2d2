/** News from the server as it happens: one stream for all screens, opened again when it breaks. */

export type LiveKind =
  "readings" | "corrected" | "cleared" | "settled" | "orders" | "intent" | "certificates" | "consent";

export const LIVE_KINDS: readonly LiveKind[] = [
  "readings",
  "corrected",
  "cleared",
  "settled",
  "orders",
  "intent",
  "certificates",
  "consent",
];

export interface Live {
  /** Calls `heard` after news of these kinds, a burst of them once; returns how to stop. */
  on(kinds: readonly LiveKind[], heard: () => void): () => void;
  /** Opens the stream anew: after signing in or out, for it carries the member's own news. */
  reopen(): void;
}

/** What is needed of the browser's EventSource. */
export interface Stream {
  addEventListener(kind: string, listener: () => void): void;
  close(): void;
}

/** News within this time are one: a block with a hundred readings refreshes a screen once. */
const BURST_MS = 700;
const REOPEN_MS = 5_000;

/** `open` gives a new stream; `lost` hears that one broke, which may mean that the server is away. */
export function createLive(
  open: () => Stream,
  later: (run: () => void, ms: number) => unknown = setTimeout,
  lost: () => void = () => undefined,
): Live {
  const listeners = new Set<{ readonly kinds: ReadonlySet<string>; readonly heard: () => void }>();
  const pending = new Set<() => void>();
  let stream: Stream | undefined;

  function news(kind: LiveKind): void {
    for (const { kinds, heard } of listeners) {
      if (!kinds.has(kind) || pending.has(heard)) continue;
      pending.add(heard);
      later(() => {
        pending.delete(heard);
        heard();
      }, BURST_MS);
    }
  }

  function start(): void {
    stream?.close();
    const mine = open();
    stream = mine;
    for (const kind of LIVE_KINDS) {
      mine.addEventListener(kind, () => {
        news(kind);
      });
    }
    // The browser reconnects by itself unless the server refused: then we do, later.
    mine.addEventListener("error", () => {
      if (stream === mine) lost();
      if ((mine as Partial<EventSource>).readyState !== 2) return;
      later(() => {
        if (stream === mine) start();
      }, REOPEN_MS);
    });
  }

  return {
    on(kinds, heard) {
      const listener = { kinds: new Set<string>(kinds), heard };
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    reopen: start,
  };
}
