import type { Problem } from "../shape.js";

/** "Invalid parameter", with the detail only in the message. */
const INVALID = 40002;

export interface TikTokRefusal {
  readonly code: number;
  readonly message: string;
}

export const refuse = (message: string): TikTokRefusal => ({ code: INVALID, message });

/** The wording that a client of the older pixel/batch endpoint was answered with: a path with points, then what is wrong. */
export function refuseShape({ kind, path, expected }: Problem): TikTokRefusal {
  const what = kind === "missing" ? "Missing data for required field" : `Not a valid ${expected}`;
  return refuse(`${path.join(".")}: ${what}`);
}
