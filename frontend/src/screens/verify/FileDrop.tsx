/** A place to drop a file on, and a button that opens the same. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { Button, type ButtonLook } from "../../components/Button.js";
import type { IconName } from "../../components/Icon.js";

export interface FileDropProps {
  readonly onFile: (file: File) => void;
  readonly children: ComponentChildren;
}

export function FileDrop({ onFile, children }: FileDropProps) {
  const [over, setOver] = useState(false);
  return (
    <div
      class="drop"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file) onFile(file);
      }}
    >
      {children}
    </div>
  );
}

export interface FileButtonProps {
  readonly label: string;
  readonly icon: IconName;
  readonly look?: ButtonLook;
  readonly onFile: (file: File) => void;
}

export function FileButton({ label, icon, look = "primary", onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        class="unseen"
        type="file"
        accept=".json,application/json"
        tabIndex={-1}
        aria-label={label}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) onFile(file);
          event.currentTarget.value = ""; // the same file may be chosen again
        }}
      />
      <Button icon={icon} look={look} onClick={() => input.current?.click()}>
        {label}
      </Button>
    </>
  );
}
