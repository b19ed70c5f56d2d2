/** What became of a proof: one line for each thing it says. */
import type { Say } from "./say.js";

/** Whether a line holds. "not proved": nothing contradicts it, and nothing that was given proves it. */
export type Standing = "proved" | "broken" | "not proved";

export type About =
  | "block"
  | "contracts"
  | "reading"
  | "correction"
  | "signature"
  | "device"
  | "market"
  | "issue"
  | "holding"
  | "history"
  | "whole"
  | "life"
  | "file";

/** One thing the file says: what about, what it says, and for a line that is not proved the reason. */
export interface Line {
  readonly about: About;
  readonly standing: Standing;
  readonly text: Say;
  readonly reason?: Say;
}

/** Figures of a checked file for a program, by the names of `wattcommons.verifier`. */
export type Facts = Record<string, unknown>;

/** The lines of a checked file. `certificate`: its number, whose 64 bits are text. */
export interface Report {
  readonly certificate: string;
  readonly lines: readonly Line[];
  readonly facts: Facts;
}

export function standingOf({ lines }: Pick<Report, "lines">): Standing {
  if (lines.some(({ standing }) => standing === "broken")) return "broken";
  return lines.every(({ standing }) => standing === "proved") ? "proved" : "not proved";
}

export function proved(about: About, text: Say): Line {
  return { about, standing: "proved", text };
}

export function broken(about: About, text: Say, reason: Say): Line {
  return { about, standing: "broken", text, reason };
}

export function open(about: About, text: Say, reason: Say): Line {
  return { about, standing: "not proved", text, reason };
}
