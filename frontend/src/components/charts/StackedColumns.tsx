/**
 * Columns over time: parts above the line, parts below it. Touch, mouse and arrow keys read out one column.
 *
 * The figures as a table are the caller's (`AsTable`): it knows how to name them.
 */
import { useState } from "preact/hooks";
import { Legend, type Series } from "./Legend.js";
import { labelEvery, ticksOf } from "./scale.js";
import { useWidth } from "./useWidth.js";

export interface StackedColumn {
  readonly key: number;
  /** On the axis, where there is room. */
  readonly label: string;
  /** In the read-out. */
  readonly title: string;
  /** One amount a series, >= 0. */
  readonly up: readonly number[];
  readonly down: readonly number[];
  /** Not final yet: drawn paler. */
  readonly faint?: boolean;
}

export interface StackedColumnsProps {
  /** What the chart shows, for who does not see it. */
  readonly label: string;
  readonly up: readonly Series[];
  readonly down: readonly Series[];
  readonly columns: readonly StackedColumn[];
  /** An amount with its unit, for the read-out. */
  readonly amount: (value: number) => string;
  /** An amount without unit, for the axis. */
  readonly tick: (value: number) => string;
  /** The axis' unit. */
  readonly unit: string;
  readonly height?: number;
  /** Said in place of a read-out until a column is chosen. */
  readonly hint: string;
  readonly onPick?: (key: number) => void;
}

const LEFT = 40;
const BOTTOM = 22;
const TOP = 26;

export function StackedColumns(props: StackedColumnsProps) {
  const { columns, up, down, height = 220 } = props;
  const [holder, width] = useWidth();
  const [active, setActive] = useState<number | undefined>();
  const highest = Math.max(0, ...columns.map((column) => sum(column.up)));
  const lowest = Math.max(0, ...columns.map((column) => sum(column.down)));
  const ticks = ticksOf(-lowest, highest);
  const [from = 0, to = 1] = [ticks[0], ticks.at(-1)];
  const y = (value: number): number => TOP + ((to - value) / (to - from)) * (height - TOP - BOTTOM);
  const slot = (width - LEFT) / Math.max(1, columns.length);
  const bar = Math.max(1, Math.min(28, slot * (slot > 14 ? 0.68 : 0.8)));
  const named = columns.flatMap((column, index) => (column.label === "" ? [] : [index]));
  const every = labelEvery(named.length, width - LEFT, 46);
  const labelled = new Set(named.filter((_, at) => at % every === 0));
  const chosen = active === undefined ? undefined : columns[active];

  function move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const start = active ?? (step > 0 ? -1 : columns.length);
      setActive(Math.min(columns.length - 1, Math.max(0, start + step)));
    }
    if (event.key === "Escape") setActive(undefined);
    if (event.key === "Enter" && chosen) props.onPick?.(chosen.key);
  }

  return (
    <figure class="stack-tight">
      <Legend series={[...up, ...down]} />
      <div
        ref={holder}
        class="chart chart-focus"
        tabIndex={0}
        role="group"
        aria-label={`${props.label}. ${props.hint}`}
        onKeyDown={move}
        onPointerLeave={() => {
          setActive(undefined);
        }}
      >
        <svg viewBox={`0 0 ${width} ${height}`} height={height} aria-hidden="true">
          <text x={0} y={10}>
            {props.unit}
          </text>
          {ticks.map((tick) => (
            <g key={tick}>
              <line class={tick === 0 ? "axis" : "gridline"} x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
              <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
                {props.tick(Math.abs(tick))}
              </text>
            </g>
          ))}
          {columns.map((column, index) => {
            const x = LEFT + index * slot;
            return (
              <g
                key={column.key}
                class="column"
                data-active={index === active}
                onPointerEnter={() => {
                  setActive(index);
                }}
                onPointerDown={() => {
                  setActive(index);
                }}
                onClick={() => props.onPick?.(column.key)}
              >
                <rect class="column-hit" x={x} y={TOP - 6} width={slot} height={height - TOP - BOTTOM + 6} />
                <g opacity={column.faint ? 0.5 : 1}>
                  {piled(column.up).map(([low, high], part) => (
                    <Part
                      key={part}
                      x={x + (slot - bar) / 2}
                      width={bar}
                      top={y(high)}
                      end={y(low)}
                      series={up[part]}
                    />
                  ))}
                  {piled(column.down).map(([low, high], part) => (
                    <Part
                      key={part}
                      x={x + (slot - bar) / 2}
                      width={bar}
                      top={y(-low)}
                      end={y(-high)}
                      series={down[part]}
                    />
                  ))}
                </g>
                {labelled.has(index) && (
                  <text x={x + slot / 2} y={height - 6} text-anchor="middle">
                    {column.label}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      </div>
      <figcaption class="readout" aria-live="polite">
        {chosen ? <Readout column={chosen} {...props} /> : <span class="quiet">{props.hint}</span>}
      </figcaption>
    </figure>
  );
}

function Readout({ column, up, down, amount }: { readonly column: StackedColumn } & StackedColumnsProps) {
  const parts = [
    ...up.map((series, at) => [series, column.up[at]] as const),
    ...down.map((series, at) => [series, column.down[at]] as const),
  ];
  return (
    <>
      <strong>{column.title}</strong>
      {parts
        .filter(([, value]) => (value ?? 0) > 0)
        .map(([series, value]) => (
          <span key={series.label}>
            {series.label} {amount(value ?? 0)}
          </span>
        ))}
    </>
  );
}

interface PartProps {
  readonly x: number;
  readonly width: number;
  readonly top: number;
  readonly end: number;
  readonly series: Series | undefined;
}

function Part({ x, width, top, end, series }: PartProps) {
  const tall = end - top;
  if (tall <= 0.2 || !series) return null;
  const gap = tall > 3 ? 1 : 0; // a hair's breadth between the parts, so that they tell apart without colour
  return (
    <rect
      x={x}
      y={top + gap / 2}
      width={width}
      height={tall - gap}
      rx={Math.min(2, width / 4)}
      style={{ fill: `var(${series.colour})` }}
    />
  );
}

/** Where each part lies on the pile: from, to. */
function piled(parts: readonly number[]): (readonly [number, number])[] {
  let at = 0;
  return parts.map((part) => {
    const from = at;
    at += part;
    return [from, at] as const;
  });
}

function sum(parts: readonly number[]): number {
  return parts.reduce((total, part) => total + part, 0);
}
