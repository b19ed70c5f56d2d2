/** A line across the page that stays as long as it is true. */
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon.js";

export interface BannerProps {
  readonly icon?: IconName;
  readonly tone?: "neutral" | "good" | "warn" | "bad";
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}

export function Banner({ icon, tone = "neutral", action, children }: BannerProps) {
  return (
    <div class="banner" data-tone={tone} role="status">
      {icon && <Icon name={icon} />}
      <span>{children}</span>
      {action}
    </div>
  );
}

/** A word on a coloured ground. */
export function Badge({ tone = "neutral", children }: Pick<BannerProps, "tone" | "children">) {
  return (
    <span class="badge" data-tone={tone}>
      {children}
    </span>
  );
}
