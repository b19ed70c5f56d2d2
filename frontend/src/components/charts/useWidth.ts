/** The width of an element in px, followed. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

/** `first` is assumed until the element is on the page. */
export function useWidth(first = 340): readonly [RefObject<HTMLDivElement | null>, number] {
  const element = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(first);
  useEffect(() => {
    const node = element.current;
    if (!node) return undefined;
    const observer = new ResizeObserver(() => {
      setWidth(Math.max(240, Math.floor(node.clientWidth)));
    });
    observer.observe(node);
    return () => {
      observer.disconnect();
    };
  }, []);
  return [element, width];
}
