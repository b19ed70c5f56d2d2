/** Short messages that come and go at the edge of the screen. */
import { signal, type ReadonlySignal } from "@preact/signals";

export type Tone = "good" | "neutral" | "bad";

export interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
}

export interface Toasts {
  readonly shown: ReadonlySignal<readonly Toast[]>;
  show(text: string, tone?: Tone): void;
  dismiss(id: number): void;
}

const SHOWN_MS = 6_000;
const MOST = 3;

export function createToasts(later: (run: () => void, ms: number) => unknown = setTimeout): Toasts {
  const shown = signal<readonly Toast[]>([]);
  let last = 0;
  function dismiss(id: number): void {
    shown.value = shown.value.filter((toast) => toast.id !== id);
  }
  return {
    shown,
    dismiss,
    show(text, tone = "neutral") {
      last += 1;
      const id = last;
      shown.value = [...shown.value, { id, tone, text }].slice(-MOST);
      // Bad news stay until they are dismissed: nobody should miss why something failed.
      if (tone !== "bad") {
        later(() => {
          dismiss(id);
        }, SHOWN_MS);
      }
    },
  };
}
