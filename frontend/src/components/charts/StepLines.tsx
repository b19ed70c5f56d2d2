/** Prices over time as steps: each holds for its interval. Touch, mouse and arrow keys read out one interval. */
import { useState } from "preact/hooks";
import { Legend, type Series } from "./Legend.js";
import { labelEvery, ticksOf } from "./scale.js";
import { useWidth } from "./useWidth.js";

export interface StepPoint {
  readonly key: number;
  readonly label: string;
  readonly title: string;
  /** One value a line; undefined leaves a gap. */
  readonly values: readonly (number | undefined)[];
}

export interface StepLinesProps {
  readonly label: string;
  readonly series: readonly Series[];
  readonly points: readonly StepPoint[];
  readonly amount: (value: number) => string;
  readonly tick: (value: number) => string;
  readonly unit: string;
  readonly hint: string;
  /** Index of the present interval. */
  readonly nowAt?: number | undefined;
  readonly nowLabel?: string;
  readonly height?: number;
  readonly onPick?: (key: number) => void;
}

const LEFT = 40;
const BOTTOM = 22;
const TOP = 26;

export function StepLines(props: StepLinesProps) {
  const { points, series, height = 200, nowAt } = props;
  const [holder, width] = useWidth();
  const [active, setActive] = useState<number | undefined>();
  const values = points.flatMap((point) => point.values.filter((value) => value !== undefined));
  const ticks = ticksOf(Math.min(0, ...values), Math.max(1, ...values));
  const [from = 0, to = 1] = [ticks[0], ticks.at(-1)];
  const y = (value: number): number => TOP + ((to - value) / (to - from)) * (height - TOP - BOTTOM);
  const slot = (width - LEFT) / Math.max(1, points.length);
  const x = (index: number): number => LEFT + index * slot;
  const every = labelEvery(points.length, width - LEFT, 46);
  const chosen = active === undefined ? undefined : points[active];

  function move(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const start = active ?? nowAt ?? (step > 0 ? -1 : points.length);
      setActive(Math.min(points.length - 1, Math.max(0, start + step)));
    }
    if (event.key === "Escape") setActive(undefined);
    if (event.key === "Enter" && chosen) props.onPick?.(chosen.key);
  }

  return (
    <figure class="stack-tight">
      <Legend series={series} />
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
                {props.tick(tick)}
              </text>
            </g>
          ))}
          {nowAt !== undefined && (
            <g>
              <line class="axis" x1={x(nowAt)} x2={x(nowAt)} y1={TOP} y2={height - BOTTOM} stroke-dasharray="3 3" />
              <text x={Math.min(width - 34, x(nowAt) + 4)} y={TOP - 4}>
                {props.nowLabel}
              </text>
            </g>
          )}
          {points.map((point, index) => (
            <g
              key={point.key}
              class="column"
              data-active={index === active}
              onPointerEnter={() => {
                setActive(index);
              }}
              onPointerDown={() => {
                setActive(index);
              }}
              onClick={() => props.onPick?.(point.key)}
            >
              <rect class="column-hit" x={x(index)} y={TOP} width={slot} height={height - TOP - BOTTOM} />
              {index % every === 0 && (
                <text x={x(index)} y={height - 6} text-anchor="middle">
                  {point.label}
                </text>
              )}
            </g>
          ))}
          {series.map((line, at) => (
            <path
              key={line.label}
              class="line"
              pointer-events="none"
              d={stepPath(
                points.map((point) => point.values[at]),
                x,
                y,
              )}
              style={{ stroke: `var(${line.colour})` }}
            />
          ))}
        </svg>
      </div>
      <figcaption class="readout" aria-live="polite">
        {chosen ? (
          <>
            <strong>{chosen.title}</strong>
            {series.map((line, at) => {
              const value = chosen.values[at];
              return value === undefined ? null : (
                <span key={line.label}>
                  {line.label} {props.amount(value)}
                </span>
              );
            })}
          </>
        ) : (
          <span class="quiet">{props.hint}</span>
        )}
      </figcaption>
    </figure>
  );
}

/** Horizontal at each value, vertical between them; a missing value lifts the pen. */
export function stepPath(
  values: readonly (number | undefined)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  const parts: string[] = [];
  let drawing = false;
  values.forEach((value, index) => {
    if (value === undefined) {
      drawing = false;
      return;
    }
    const height = y(value).toFixed(1);
    parts.push(drawing ? `V${height}` : `M${x(index).toFixed(1)} ${height}`, `H${x(index + 1).toFixed(1)}`);
    drawing = true;
  });
  return parts.join("");
}
