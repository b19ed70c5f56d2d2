/** A long list page by page: the first as a resource, with all its states; more when the reader asks. */
import { useEffect, useState } from "preact/hooks";
import { asFailure, type ApiFailure } from "../api/failures.js";
import { useResource, type Resource, type ResourceOptions } from "./useResource.js";

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface Pages<Item, Whole extends Page<Item>> {
  readonly first: Resource<Whole>;
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  readonly busy: boolean;
  readonly failure: ApiFailure | undefined;
  readonly more: () => void;
}

/** The pages of the list named `key`; a fresh first page begins the list anew. */
export function usePages<Item, Whole extends Page<Item>>(
  key: string | undefined,
  load: (cursor: string | undefined, abort?: AbortSignal) => Promise<Whole>,
  options: ResourceOptions = {},
): Pages<Item, Whole> {
  const first = useResource(key, (abort) => load(undefined, abort), options);
  const [later, setLater] = useState<readonly Whole[]>([]);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<ApiFailure | undefined>();
  useEffect(() => {
    setLater([]);
    setFailure(undefined);
  }, [key, first.data]);
  const last = later.at(-1) ?? first.data;
  const cursor = last?.next ?? undefined;
  return {
    first,
    items: [...(first.data?.items ?? []), ...later.flatMap(({ items }) => items)],
    hasMore: cursor !== undefined,
    busy,
    failure,
    more() {
      if (busy || cursor === undefined) return;
      const before = first.data;
      setBusy(true);
      load(cursor).then(
        (page) => {
          setBusy(false);
          setFailure(undefined);
          // A list that began anew meanwhile does not take a page of the old one.
          setLater((pages) => (before === first.data ? [...pages, page] : pages));
        },
        (error: unknown) => {
          setBusy(false);
          setFailure(asFailure(error));
        },
      );
    },
  };
}
