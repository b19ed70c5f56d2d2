/** Supply and demand of one past interval: what was offered and wanted at each price, and where they met. */
import type { Curves } from "../../api/types.js";
import { Legend } from "./Legend.js";
import { ticksOf } from "./scale.js";
import { useWidth } from "./useWidth.js";

export interface SupplyDemandProps {
  readonly label: string;
  readonly curves: Curves;
  readonly words: {
    readonly supply: string;
    readonly demand: string;
    readonly price: string;
    readonly you: string;
  };
  readonly energyTick: (wh: number) => string;
  readonly priceTick: (price: number) => string;
}

const LEFT = 40;
const BOTTOM = 34;
const TOP = 26;

interface Point {
  readonly wh: number;
  readonly price: number;
}

/**
 * The corners of a stair from no energy to all of it. `steps` hold the energy in all up to and including each price:
 * supply grows with the price, demand as it falls.
 */
export function stairs(steps: readonly Point[], side: "supply" | "demand"): Point[] {
  const ordered = [...steps].sort((one, other) =>
    side === "supply" ? one.price - other.price : other.price - one.price,
  );
  const corners: Point[] = [];
  let before = 0;
  for (const { wh, price } of ordered) {
    corners.push({ wh: before, price }, { wh, price });
    before = wh;
  }
  return corners;
}

export function SupplyDemand({ label, curves, words, energyTick, priceTick }: SupplyDemandProps) {
  const [holder, width] = useWidth();
  const height = 240;
  const { result } = curves;
  const supply = stairs(curves.supply, "supply");
  const demand = stairs(curves.demand, "demand");
  const all = [...supply, ...demand];
  const prices = ticksOf(Math.min(0, result.feed_in), Math.max(result.retail, ...all.map((point) => point.price)));
  const energies = ticksOf(0, Math.max(1, ...all.map((point) => point.wh)));
  const [low = 0, high = 1] = [prices[0], prices.at(-1)];
  const most = energies.at(-1) ?? 1;
  const x = (wh: number): number => LEFT + (wh / most) * (width - LEFT - 12);
  const y = (price: number): number => TOP + ((high - price) / (high - low)) * (height - TOP - BOTTOM);
  const path = (points: readonly Point[]): string =>
    points.map((point, at) => `${at === 0 ? "M" : "L"}${x(point.wh).toFixed(1)} ${y(point.price).toFixed(1)}`).join("");
  return (
    <figure class="stack-tight">
      <Legend
        series={[
          { label: words.supply, colour: "--flow-own" },
          { label: words.demand, colour: "--flow-sold" },
          { label: words.price, colour: "--flow-local" },
        ]}
      />
      <div class="chart" ref={holder}>
        <svg viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
          <text x={0} y={10}>
            c€/kWh
          </text>
          {prices.map((tick) => (
            <g key={tick}>
              <line class={tick === 0 ? "axis" : "gridline"} x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
              <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
                {priceTick(tick)}
              </text>
            </g>
          ))}
          {energies.map((tick) => (
            <text key={tick} x={x(tick)} y={height - 16} text-anchor={tick === 0 ? "start" : "middle"}>
              {energyTick(tick)}
            </text>
          ))}
          <text x={width} y={height - 2} text-anchor="end">
            kWh
          </text>
          <path class="line" d={path(supply)} style={{ stroke: "var(--flow-own)" }} />
          <path class="line" d={path(demand)} style={{ stroke: "var(--flow-sold)" }} />
          {result.price !== null && (
            <g>
              <line
                x1={LEFT}
                x2={width}
                y1={y(result.price)}
                y2={y(result.price)}
                stroke-width="2"
                stroke-dasharray="6 4"
                style={{ stroke: "var(--flow-local)" }}
              />
              <circle cx={x(result.matched_wh ?? 0)} cy={y(result.price)} r="6" style={{ fill: "var(--flow-local)" }} />
            </g>
          )}
          {curves.own_limit !== null && (
            <g>
              <path d={`M${LEFT} ${y(curves.own_limit)}l9 -6v12z`} style={{ fill: "var(--ink)" }} />
              <text x={LEFT + 13} y={y(curves.own_limit) + 4} style={{ fill: "var(--ink)", fontWeight: 650 }}>
                {words.you}
              </text>
            </g>
          )}
        </svg>
      </div>
    </figure>
  );
}
