/**
 * "What you will sign": every signature is first told in kWh and €, and only then does the wallet open.
 *
 * One review at a time. The dialog follows `current`; the flow that asked waits for its outcome.
 */
import { signal, type ReadonlySignal } from "@preact/signals";

export interface ReviewLine {
  readonly label: string;
  readonly value: string;
}

/** What a signature means, in the reader's words. */
export interface ReviewTerms {
  readonly title: string;
  readonly lines: readonly ReviewLine[];
  /** What follows, or what else there is to know. */
  readonly note?: string;
  /** The word on the button: "Place my bid". */
  readonly action: string;
  /** A harmful or final act is shown as such. */
  readonly grave?: boolean;
}

/** - `ask`: the reader reads · `wallet`: the wallet's window is open · `sending` · `failed`: it can be tried again */
export type ReviewStep = "ask" | "wallet" | "sending" | "failed";

export interface Review {
  readonly terms: ReviewTerms;
  readonly step: ReviewStep;
  readonly failure?: unknown;
  readonly agree: () => void;
  readonly cancel: () => void;
}

/** Tells the dialog how far it is. Throws ReviewClosed when the reader has closed it meanwhile. */
export type Progress = (step: "wallet" | "sending") => void;

/** The reader closed the dialog while the wallet was still open. */
export class ReviewClosed extends Error {
  override readonly name = "ReviewClosed";
}

export interface ReviewDesk {
  readonly current: ReadonlySignal<Review | undefined>;
  /**
   * Shows `terms`; when the reader agrees runs `act`. Undefined when the reader does not want to. A failure of `act`
   * is shown in the dialog, where it may be tried again.
   */
  run<Outcome>(terms: ReviewTerms, act: (progress: Progress) => Promise<Outcome>): Promise<Outcome | undefined>;
}

export function createReviewDesk(): ReviewDesk {
  const current = signal<Review | undefined>();

  function run<Outcome>(
    terms: ReviewTerms,
    act: (progress: Progress) => Promise<Outcome>,
  ): Promise<Outcome | undefined> {
    current.value?.cancel();
    return new Promise((resolve) => {
      let open = true;
      const show = (step: ReviewStep, failure?: unknown): void => {
        if (open) current.value = { terms, step, agree, cancel, ...(failure !== undefined && { failure }) };
      };
      // A flow whose dialog was closed must not go on to send what the wallet signs later.
      const progress: Progress = (step) => {
        if (!open) throw new ReviewClosed("the review was closed before it was sent");
        show(step);
      };
      const close = (outcome: Outcome | undefined): void => {
        if (!open) return;
        open = false;
        current.value = undefined;
        resolve(outcome);
      };
      const cancel = (): void => {
        close(undefined);
      };
      const agree = (): void => {
        show("wallet");
        act(progress).then(close, (failure: unknown) => {
          show("failed", failure);
        });
      };
      show("ask");
    });
  }

  return { current, run };
}
