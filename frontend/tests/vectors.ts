/** The files of hand-made cases that Python and the contracts are tested against too. */
import { readFileSync } from "node:fs";

const FOLDER = new URL("../../../tests/vectors/", import.meta.url);

/** A shared file, from the compiled tests in build/tests. The caller says its shape. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- JSON has the shape that the file has
export function vectors<Shape>(name: string): Shape {
  return JSON.parse(readFileSync(new URL(name, FOLDER), "utf-8")) as Shape;
}

export interface Case {
  readonly name: string;
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.slice(2), "hex"));
}

export function hexOf(bytes: Uint8Array): string {
  return `0x${Buffer.from(bytes).toString("hex")}`;
}
