import { clickIdForm } from "../clicks.js";

/** 27 characters; newer ones end in `_.tt.1` or `.tt.1`. */
const browserId = /^[\w-]{27}(?:\.tt\.1)?$/;

/**
 * The `ttclid` to use: the landing's, since a new click replaces the one before; else the stored one, case kept. A
 * value that no cookie could hold is refused. The 30 days for which it is kept are the cookie's: it has no time in it.
 */
export function chooseTtclid(stored: string | undefined, landing: string | undefined): string | undefined {
  return [landing, stored].find((value) => typeof value === "string" && clickIdForm.test(value));
}

/**
 * Whether the value has the form of TikTok's cookie `_ttp`. For your own checks: nothing is left out for failing it,
 * since TikTok has changed the form before. Beaconry makes no `_ttp`: whether TikTok matches one that its own script
 * has not made is not documented.
 */
export function isTtp(value: string): boolean {
  return typeof value === "string" && browserId.test(value);
}
