import { withoutEmail } from "./without-email.js";

/** Characters of an event's address and title. The vendors take no web event without its page, so that they are cut. */
const longestAddress = 4_096;
const longestTitle = 500;

/**
 * A page's address without e-mail addresses. One that is too long ends before a part of its query, or after one of its
 * path: never within an e-mail address, which nobody would recognise any more.
 */
export function toPageAddress(text: string): string {
  if (text.length <= longestAddress) return withoutEmail(text);
  const parts = text.slice(0, longestAddress).replace(/[^/?&#]*$/, "");
  return withoutEmail(parts.replace(/[?&#]$/, ""));
}

/** A page's title without e-mail addresses, at most 500 characters of it. */
export function toPageTitle(text: string): string {
  return withoutEmail(text.slice(0, 2 * longestTitle)).slice(0, longestTitle);
}
