/**
 * Requests to the server of the community, always the one that served these pages.
 *
 * The session is a cookie that scripts cannot read, so no secret passes through here. Answers that carry an ETag are
 * remembered and asked for by it: an unchanged answer costs a few bytes.
 */
import { ApiFailure, failureOf } from "./failures.js";

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Http {
  get<Answer>(path: string, query?: Query, abort?: AbortSignal): Promise<Answer>;
  send<Answer>(method: "POST" | "PUT" | "DELETE" | "PATCH", path: string, body?: unknown): Promise<Answer>;
  /** A file, for saving. */
  download(path: string, query?: Query): Promise<{ readonly blob: Blob; readonly name: string }>;
  /** Forgets every remembered answer: after another member has signed in. */
  forget(): void;
}

/** What is told about every request: whether the server answered at all. */
export interface Reach {
  answered(): void;
  failed(failure: ApiFailure): void;
}

const MOST_REMEMBERED = 200;

/** `fetcher` is the browser's `fetch`. */
export function createHttp(fetcher: typeof fetch, reach: Reach, isOnline: () => boolean): Http {
  const remembered = new Map<string, { readonly etag: string; readonly body: unknown }>();

  async function ask(address: string, init: RequestInit): Promise<Response> {
    let response: Response;
    try {
      response = await fetcher(address, { credentials: "same-origin", ...init });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw told(new ApiFailure(isOnline() ? "unreachable" : "offline"));
    }
    if (response.ok || response.status === 304) {
      reach.answered();
      return response;
    }
    const failure = await failureOf(response);
    if (failure.kind === "unreachable" && failure.status !== 429) throw told(failure);
    reach.answered();
    throw failure;
  }

  function told(failure: ApiFailure): ApiFailure {
    reach.failed(failure);
    return failure;
  }

  function remember(address: string, etag: string, body: unknown): void {
    remembered.delete(address);
    remembered.set(address, { etag, body });
    const [oldest] = remembered.keys();
    if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  }

  return {
    async get<Answer>(path: string, query: Query = {}, abort?: AbortSignal) {
      const address = withQuery(path, query);
      const known = remembered.get(address);
      const headers: Record<string, string> = { accept: "application/json" };
      if (known) headers["if-none-match"] = known.etag;
      const response = await ask(address, { headers, ...(abort && { signal: abort }) });
      if (response.status === 304 && known) return known.body as Answer;
      const body = (await bodyOf(response)) as Answer;
      const etag = response.headers.get("etag");
      if (etag) remember(address, etag, body);
      return body;
    },

    async send<Answer>(method: string, path: string, body?: unknown) {
      const headers: Record<string, string> = { accept: "application/json" };
      if (body !== undefined) headers["content-type"] = "application/json";
      const response = await ask(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      return (response.status === 204 ? undefined : await bodyOf(response)) as Answer;
    },

    async download(path, query = {}) {
      const response = await ask(withQuery(path, query), {});
      return { blob: await response.blob(), name: fileName(response.headers.get("content-disposition")) };
    },

    forget() {
      remembered.clear();
    },
  };
}

/** `path` with the parts of `query` that are given, in the order given. */
export function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

/** The name a server proposes for a file; folders in it are ignored. */
export function fileName(disposition: string | null): string {
  const encoded = /filename\*=utf-8''([^;]+)/i.exec(disposition ?? "")?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition ?? "")?.[1];
  const name = encoded ? decodeURIComponent(encoded) : plain;
  return name?.split(/[\\/]/).at(-1) ?? "watt-commons";
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new ApiFailure("broken", "", "", response.status);
  }
}
