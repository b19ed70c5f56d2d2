/** The metering point that a member's screen is about. */
import type { Participant } from "../api/types.js";
import { useApp } from "./context.js";

/** Throws on a screen that does not ask for `access: "member"`. */
export function useParticipant(): Participant {
  const participant = useApp().session.participant.value;
  if (!participant) throw new Error("a member's screen was shown to who has no metering point");
  return participant;
}
