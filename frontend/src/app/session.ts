/** Who is signed in: asked when the pages start, and again when the server says that the session has ended. */
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { asFailure } from "../api/failures.js";
import type { Me, Participant } from "../api/types.js";

/** - `unknown`: not asked yet, or the server is away · `out` · `in` */
export type SessionState =
  { readonly status: "unknown" } | { readonly status: "out" } | { readonly status: "in"; readonly me: Me };

export interface SessionStore {
  readonly state: ReadonlySignal<SessionState>;
  readonly me: ReadonlySignal<Me | undefined>;
  /** The metering point looked at: the first of the member's unless another was chosen. */
  readonly participant: ReadonlySignal<Participant | undefined>;
  choose(participant: number): void;
  /** Asks the server who is signed in. */
  refresh(): Promise<void>;
  ended(): void;
}

/** `ask` gives who is signed in, or throws a failure of kind `signedOut`. */
export function createSession(ask: () => Promise<Me>): SessionStore {
  const state = signal<SessionState>({ status: "unknown" });
  const chosen = signal<number | undefined>();
  const me = computed(() => (state.value.status === "in" ? state.value.me : undefined));
  const participant = computed(() => {
    const own = me.value?.participants ?? [];
    return own.find((one) => one.participant === chosen.value) ?? own[0];
  });
  return {
    state,
    me,
    participant,
    choose(index) {
      chosen.value = index;
    },
    async refresh() {
      try {
        state.value = { status: "in", me: await ask() };
      } catch (error) {
        const { kind } = asFailure(error);
        if (kind === "signedOut") state.value = { status: "out" };
      }
    },
    ended() {
      state.value = { status: "out" };
    },
  };
}
