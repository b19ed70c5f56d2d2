/** Follows something signed until the community has taken it in, or said why not. */
import { intent } from "../api/client.js";
import { ApiFailure, isPassing } from "../api/failures.js";
import type { Http } from "../api/http.js";
import type { Intent } from "../api/types.js";

const FIRST_LOOK_MS = 400;
const LONGEST_LOOK_MS = 3_000;
/** Then the page stops waiting: what was signed goes on, and the screen shows it when it is there. */
const PATIENCE_MS = 45_000;

/**
 * The intent when it is `done`, or as it is when patience ends. Throws ApiFailure with the community's reason when
 * it was refused.
 */
export async function followed(
  http: Http,
  first: Intent,
  pause: (ms: number) => Promise<unknown> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<Intent> {
  let latest = first;
  let wait = FIRST_LOOK_MS;
  for (let waited = 0; ; waited += wait, wait = Math.min(wait * 1.5, LONGEST_LOOK_MS)) {
    if (latest.state === "refused") {
      const { detail, what_to_do: hint, refusal } = latest;
      throw new ApiFailure("refused", detail ?? "", hint ?? "", 0, refusal ?? "");
    }
    if (latest.state === "done" || waited >= PATIENCE_MS) return latest;
    await pause(wait);
    try {
      latest = await intent(http, first.id);
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }
}
