/** Until when something signed may land. */
import type { App } from "../app/context.js";

/** An hour of the reader's own time: a member may think, and nothing signed lies about for long. */
const SECONDS = 3_600;

/** The last unix second, by the chain's clock, which a demo runs faster. */
export function signingDeadline(app: App): number {
  return app.clock.now.peek() + SECONDS * (app.community.peek()?.speed ?? 1);
}
