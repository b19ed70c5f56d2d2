/**
 * What a screen shows from the server, in every state that it can be in.
 *
 * The last answer for a key is kept while the pages are open: coming back to a screen shows it at once and asks
 * again behind it. When asking fails, the old answer stays and is said to be old.
 */
import { signal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { asFailure, type ApiFailure } from "../api/failures.js";
import { useApp } from "./context.js";
import type { LiveKind } from "./live.js";

/** - `loading`: nothing yet · `ready`: fresh · `stale`: an older answer, the last try failed · `failed`: nothing at all */
export type ResourceState<Data> =
  | { readonly status: "loading" }
  | { readonly status: "ready"; readonly data: Data; readonly at: number }
  | { readonly status: "stale"; readonly data: Data; readonly at: number; readonly failure: ApiFailure }
  | { readonly status: "failed"; readonly failure: ApiFailure };

export interface Resource<Data> {
  readonly state: ResourceState<Data>;
  /** The newest answer there is, fresh or old. */
  readonly data: Data | undefined;
  readonly reload: () => void;
}

export interface ResourceOptions {
  /** News after which to ask again. */
  readonly refreshOn?: readonly LiveKind[];
  /** Seconds after which to ask again while the page is looked at. */
  readonly everySeconds?: number;
}

export type ResourceCache = Map<string, Signal<ResourceState<unknown>>>;

type Load<Data> = (abort: AbortSignal) => Promise<Data>;

/** One answer at a time for `key`; with an undefined key nothing is asked (yet). */
export function useResource<Data>(
  key: string | undefined,
  load: Load<Data>,
  { refreshOn = [], everySeconds }: ResourceOptions = {},
): Resource<Data> {
  const { resources, connectivity, live } = useApp();
  const entry = useMemo(() => entryOf<Data>(resources, key), [resources, key]);
  const task = useMemo(() => createTask(entry), [entry]);
  task.load = load;
  const returns = connectivity.returns.value;

  useEffect(() => {
    if (key === undefined) return undefined;
    task.run();
    return () => {
      task.stop();
    };
  }, [key, task, returns]);

  const kinds = refreshOn.join();
  useEffect(() => {
    if (key === undefined) return undefined;
    const heard = live.on(refreshOn, () => {
      task.run();
    });
    return heard;
  }, [key, task, live, kinds]);

  useEffect(() => {
    if (key === undefined || everySeconds === undefined) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) task.run();
    }, everySeconds * 1000);
    return () => {
      clearInterval(timer);
    };
  }, [key, task, everySeconds]);

  const state = entry.value;
  return { state, data: "data" in state ? state.data : undefined, reload: task.run };
}

interface Task<Data> {
  load: Load<Data> | undefined;
  readonly run: () => void;
  readonly stop: () => void;
}

/** Asks, and writes the outcome down; a newer question makes the answer to an older one moot. */
function createTask<Data>(entry: Signal<ResourceState<Data>>): Task<Data> {
  let abort: AbortController | undefined;
  const task: Task<Data> = {
    load: undefined,
    run() {
      abort?.abort();
      const mine = new AbortController();
      abort = mine;
      if (entry.value.status === "failed") entry.value = { status: "loading" };
      task.load?.(mine.signal).then(
        (data) => {
          if (!mine.signal.aborted) entry.value = { status: "ready", data, at: Date.now() };
        },
        (error: unknown) => {
          if (!mine.signal.aborted) entry.value = failedAfter(entry.value, asFailure(error));
        },
      );
    },
    stop() {
      abort?.abort();
    },
  };
  return task;
}

/** What a failure leaves on the screen: the older answer where there is one. */
export function failedAfter<Data>(before: ResourceState<Data>, failure: ApiFailure): ResourceState<Data> {
  if (before.status === "ready" || before.status === "stale") {
    return { status: "stale", data: before.data, at: before.at, failure };
  }
  return { status: "failed", failure };
}

function entryOf<Data>(cache: ResourceCache, key: string | undefined): Signal<ResourceState<Data>> {
  const known = key === undefined ? undefined : cache.get(key);
  if (known) return known as Signal<ResourceState<Data>>;
  const entry = signal<ResourceState<Data>>({ status: "loading" });
  if (key !== undefined) cache.set(key, entry);
  return entry;
}
