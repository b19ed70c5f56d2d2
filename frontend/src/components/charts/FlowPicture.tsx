/** Where energy came from, or where it went: bands from several sides to one. Said as a list to who cannot see it. */
import { useWidth } from "./useWidth.js";

export interface Flow {
  readonly key: string;
  readonly label: string;
  /** Said under the label: the amount, the share. */
  readonly note: string;
  /** One more line under it. */
  readonly more?: string | undefined;
  /** Wh, >= 0. */
  readonly amount: number;
  readonly colour: string;
}

export interface FlowPictureProps {
  readonly label: string;
  readonly flows: readonly Flow[];
  /** The one side: "You". */
  readonly hub: string;
  readonly hubNote: string;
  /** `in`: the bands end at the hub, on the right · `out`: they begin there, on the left. */
  readonly direction: "in" | "out";
}

const ROW = 50;
const ROW_OF_THREE = 64;
const GAP = 6;
const NODE = 10;
const HUB_ROOM = 80;

export function FlowPicture({ label, flows, hub, hubNote, direction }: FlowPictureProps) {
  const [holder, width] = useWidth();
  const shown = flows.filter((flow) => flow.amount > 0);
  const total = shown.reduce((sum, flow) => sum + flow.amount, 0);
  if (total === 0) return null;
  const room = Math.max(shown.length * 30, 130);
  const bands = shown.map((flow) => ({ flow, thick: Math.max(2.5, (flow.amount / total) * room) }));
  const slots = bands.map(({ flow, thick }) => Math.max(flow.more ? ROW_OF_THREE : ROW, thick + GAP));
  const height = slots.reduce((sum, slot) => sum + slot, 0);
  const hubThick = bands.reduce((sum, { thick }) => sum + thick, 0);
  const hubTop = (height - hubThick) / 2;
  const labelRoom = Math.min(210, Math.max(166, width * 0.44));
  const mirror = (at: number): number => (direction === "in" ? at : width - at);
  const anchor = (side: "near" | "far"): "start" | "end" =>
    (side === "near") === (direction === "in") ? "start" : "end";

  let top = 0;
  let hubAt = hubTop;
  const drawn = bands.map(({ flow, thick }, index) => {
    const slot = slots[index] ?? ROW;
    const middle = top + slot / 2;
    const band = { flow, thick, middle, hubMiddle: hubAt + thick / 2 };
    top += slot;
    hubAt += thick;
    return band;
  });
  const x1 = mirror(labelRoom + NODE);
  const x2 = mirror(width - HUB_ROOM);
  const xm = (x1 + x2) / 2;

  return (
    <figure class="chart flow" ref={holder}>
      <svg viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={`${label}: ${spoken(shown)}`}>
        {drawn.map(({ flow, thick, middle, hubMiddle }) => (
          <g key={flow.key}>
            <path
              d={`M${x1} ${middle}C${xm} ${middle} ${xm} ${hubMiddle} ${x2} ${hubMiddle}`}
              fill="none"
              stroke-width={thick}
              style={{ stroke: `var(${flow.colour})` }}
              opacity="0.38"
            />
            <rect
              x={Math.min(mirror(labelRoom), x1)}
              y={middle - thick / 2}
              width={NODE}
              height={thick}
              rx="2"
              style={{ fill: `var(${flow.colour})` }}
            />
            {[flow.label, flow.note, ...(flow.more ? [flow.more] : [])].map((line, at, lines) => (
              <text
                key={line}
                class={at > 0 ? "sub" : undefined}
                x={mirror(0)}
                y={middle + 4 + (at - (lines.length - 1) / 2) * 16}
                text-anchor={anchor("near")}
              >
                {line}
              </text>
            ))}
          </g>
        ))}
        <rect
          x={Math.min(x2, mirror(width - HUB_ROOM + NODE))}
          y={hubTop}
          width={NODE}
          height={hubThick}
          rx="3"
          style={{ fill: "var(--ink)" }}
        />
        <text x={mirror(width)} y={height / 2 - 3} text-anchor={anchor("far")}>
          {hub}
        </text>
        <text class="sub" x={mirror(width)} y={height / 2 + 14} text-anchor={anchor("far")}>
          {hubNote}
        </text>
      </svg>
    </figure>
  );
}

function spoken(flows: readonly Flow[]): string {
  return flows.map(({ label, note, more }) => [label, note, more].filter(Boolean).join(" ")).join("; ");
}
