/** Buttons, and links that look like them. */
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon.js";

export type ButtonLook = "primary" | "plain" | "quiet" | "grave";

interface Shape {
  readonly look?: ButtonLook;
  readonly small?: boolean;
  readonly wide?: boolean;
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}

interface Press {
  readonly onClick?: (event: MouseEvent) => unknown;
  readonly disabled?: boolean;
}

export interface ButtonProps extends Shape, Press {
  readonly type?: "button" | "submit";
  /** The id of the form that it submits, where it stands outside of it. */
  readonly form?: string;
  readonly autofocus?: boolean;
}

export function Button({ look = "primary", small, wide, icon, children, type = "button", ...rest }: ButtonProps) {
  return (
    <button {...rest} type={type} class={classOf(look, small, wide)}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

export function ButtonLink({ look = "primary", small, wide, icon, children, href }: Shape & { readonly href: string }) {
  return (
    <a href={href} class={classOf(look, small, wide)}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  );
}

/** A round button with a picture alone; `label` is what it is called. */
export function IconButton({ icon, label, ...rest }: Press & { readonly icon: IconName; readonly label: string }) {
  return (
    <button {...rest} type="button" class="icon-button" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}

function classOf(look: ButtonLook, small = false, wide = false): string {
  return `button button-${look}${small ? " button-small" : ""}${wide ? " button-wide" : ""}`;
}
