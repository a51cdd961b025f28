import { hash } from "node:crypto";

/** A number from 0 up to 1 that depends on the seed and these parts alone. */
export type Draw = (...parts: readonly (string | number)[]) => number;

/** The same seed draws the same number for the same parts, in whatever order they are asked for. */
export function createDraw(seed: number): Draw {
  return (...parts) => hash("sha256", JSON.stringify([seed, ...parts]), "buffer").readUIntBE(0, 6) / 2 ** 48;
}
