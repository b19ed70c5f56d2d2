/** The messages at the edge of the screen, read aloud when they come. */
import { useApp } from "../app/context.js";
import { useTexts } from "../texts/index.js";
import { IconButton } from "./Button.js";
import { Icon } from "./Icon.js";

export function Toasts() {
  const { toasts } = useApp();
  const texts = useTexts();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.shown.value.map(({ id, tone, text }) => (
        <div key={id} class="toast">
          {tone !== "neutral" && <Icon name={tone === "good" ? "check" : "alert"} />}
          <span>{text}</span>
          <IconButton
            icon="close"
            label={texts.states.closed}
            onClick={() => {
              toasts.dismiss(id);
            }}
          />
        </div>
      ))}
    </div>
  );
}
