/** A surface with a heading. */
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export interface CardProps {
  readonly title?: string;
  /** What stands opposite the heading. */
  readonly aside?: ComponentChildren;
  readonly hero?: boolean;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

export function Card({ title, aside, hero = false, wide = false, children }: CardProps) {
  const id = useId();
  const heading = title && (
    <div class="card-head">
      <h2 id={id}>{title}</h2>
      {aside}
    </div>
  );
  return (
    <section
      class={`card${hero ? " card-hero" : ""}${wide ? " grid-wide" : ""}`}
      {...(title && { "aria-labelledby": id })}
    >
      {heading}
      {children}
    </section>
  );
}
