/** What can go wrong between the pages and the server, as the reader meets it. */

/**
 * - `offline`: the device has no network
 * - `unreachable`: the server does not answer, or says that it cannot now; worth trying again
 * - `signedOut`: the session has ended
 * - `refused`: the server understood and said no; `detail` and `hint` say why and what to do
 * - `broken`: the answer was none that these pages understand
 */
export type FailureKind = "offline" | "unreachable" | "signedOut" | "refused" | "broken";

/** A failed request. `detail` and `hint` are the server's own words, when it said any. */
export class ApiFailure extends Error {
  override readonly name = "ApiFailure";

  constructor(
    readonly kind: FailureKind,
    readonly detail = "",
    readonly hint = "",
    readonly status = 0,
    readonly code = "",
  ) {
    super(detail || kind);
  }
}

/** Whether trying again later can help without the reader doing anything. */
export function isPassing(failure: unknown): boolean {
  return failure instanceof ApiFailure && (failure.kind === "offline" || failure.kind === "unreachable");
}

/** `error` as a failure: what was none becomes `broken` and keeps its message for the console alone. */
export function asFailure(error: unknown): ApiFailure {
  return error instanceof ApiFailure ? error : new ApiFailure("broken");
}

const PASSING = new Set([429, 502, 503, 504]);

/** The failure behind an answer that is no success, from its problem+json body where it has one. */
export async function failureOf(response: Response): Promise<ApiFailure> {
  const problem = await problemOf(response);
  const detail = text(problem["detail"]) || text(problem["title"]);
  const hint = text(problem["what_to_do"]) || text(problem["hint"]);
  const code = text(problem["code"]) || text(problem["type"]);
  const { status } = response;
  if (status === 401) return new ApiFailure("signedOut", detail, hint, status, code);
  if (PASSING.has(status)) return new ApiFailure("unreachable", detail, hint, status, code);
  if (status >= 500) return new ApiFailure("broken", detail, hint, status, code);
  return new ApiFailure("refused", detail, hint, status, code);
}

async function problemOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
