/** Groups of 1 MWh: certificates locked in one, or taken back; the member's own wallet sends it, 64 at a time. */
import { nextGroup, type ExportAnswer } from "../api/exports.js";
import { ApiFailure } from "../api/failures.js";
import type { App } from "../app/context.js";
import type { Call } from "../chain/calls.js";
import { FlowRefusal } from "./refusal.js";
import type { Progress, ReviewTerms } from "./review.js";
import { sendCall, type RefusalWords } from "./transaction.js";

const AT_ONCE = 64;
const LOOK_MS = 1_500;
const LOOKS = 40;

/** How often the wallet asks for what is prepared. */
export const callsOf = (parts: ExportAnswer["parts"]): number => Math.ceil(parts.length / AT_ONCE);

/** Fills the group that was prepared, to its end. True when it is full. */
export async function fillGroup(
  app: App,
  device: number,
  prepared: ExportAnswer,
  review: ReviewTerms,
  words: RefusalWords,
): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const { groupCall } = await import("../chain/calls.js");
    let next = prepared;
    for (;;) {
      const { group } = next;
      await sendAll(app, next.parts, (ids, wh) => groupCall(group, ids, wh), progress, words);
      if (next.complete) return true as const;
      next = await begunGroup(app, device, words);
      progress("wallet");
    }
  });
}

/** Takes back what was prepared. */
export async function releaseGroup(
  app: App,
  group: number,
  prepared: ExportAnswer,
  review: ReviewTerms,
  words: RefusalWords,
): Promise<true | undefined> {
  return app.review.run(review, async (progress) => {
    const { releaseCall } = await import("../chain/calls.js");
    await sendAll(app, prepared.parts, (ids, wh) => releaseCall(group, ids, wh), progress, words);
    return true as const;
  });
}

async function sendAll(
  app: App,
  parts: ExportAnswer["parts"],
  call: (ids: readonly bigint[], wh: readonly bigint[]) => Call,
  progress: Progress,
  words: RefusalWords,
): Promise<void> {
  for (let first = 0; first < parts.length; first += AT_ONCE) {
    const some = parts.slice(first, first + AT_ONCE);
    const ids = some.map((part) => BigInt(part.certificate_id));
    if (first > 0) progress("wallet");
    await sendCall(
      app,
      call(
        ids,
        some.map((part) => BigInt(part.wh)),
      ),
      progress,
      words,
    );
  }
}

/** What the group that has just begun still needs, once the server has seen it. */
async function begunGroup(app: App, device: number, words: RefusalWords): Promise<ExportAnswer> {
  for (let look = 0; look < LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    try {
      const answer = await nextGroup(app.http, device);
      if (answer.group !== null) return answer;
    } catch (failure) {
      // What was sent and what the server has seen of it may differ for a moment.
      if (!(failure instanceof ApiFailure) || failure.kind !== "refused") throw failure;
    }
  }
  throw new FlowRefusal(words.pending);
}
