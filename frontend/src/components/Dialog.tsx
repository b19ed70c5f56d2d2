/** A modal dialog: the browser's own, which keeps the focus inside and closes with Escape. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useTexts } from "../texts/index.js";
import { IconButton } from "./Button.js";

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** False while closing would leave the reader in doubt about what happens. */
  readonly closable?: boolean;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** Shown for as long as it is rendered. */
export function Dialog({ title, onClose, closable = true, actions, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const texts = useTexts();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (closable) onClose();
      }}
      onClick={(event) => {
        if (closable && event.target === element.current) onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        {closable && <IconButton icon="close" label={texts.states.closed} onClick={onClose} />}
      </div>
      {children}
      {actions && <div class="dialog-actions">{actions}</div>}
    </dialog>
  );
}
