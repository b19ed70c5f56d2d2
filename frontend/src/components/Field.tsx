/** A labelled input with its hint and its error, tied together for screen readers. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface Frame {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
}

export interface FieldProps extends Frame {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly unit?: string;
  readonly type?: "text" | "date" | "datetime-local" | "month";
  readonly inputMode?: "decimal" | "numeric" | "text";
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly min?: string;
  readonly max?: string;
  readonly maxLength?: number;
}

export function Field({ label, hint, error, value, onInput, unit, type = "text", ...rest }: FieldProps) {
  // The types of Preact tell a date's input from a text's; which of them it is does not matter here.
  const kind = { type } as { readonly type: "text" };
  return (
    <Framed label={label} hint={hint} error={error}>
      {(attributes) => (
        <>
          <input
            {...rest}
            {...attributes}
            {...kind}
            value={value}
            autocomplete="off"
            onInput={(event) => {
              onInput(event.currentTarget.value);
            }}
          />
          {unit && <span class="input-unit">{unit}</span>}
        </>
      )}
    </Framed>
  );
}

export interface SelectProps extends Frame {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export function Select({ label, hint, error, value, onChange, options }: SelectProps) {
  return (
    <Framed label={label} hint={hint} error={error}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={(event) => {
            onChange(event.currentTarget.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Framed>
  );
}

interface Tied {
  readonly id: string;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: boolean;
}

function Framed({ label, hint, error, children }: Frame & { readonly children: (tied: Tied) => ComponentChildren }) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <div class="input" data-invalid={error !== undefined}>
        {children({
          id,
          ...(described && { "aria-describedby": described }),
          ...(error !== undefined && { "aria-invalid": true }),
        })}
      </div>
      {hint && (
        <div class="field-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error !== undefined && (
        <div class="field-error" id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
