import { isFilled } from "./json.js";

/** Warnings for the address of a page, which must be whole. */
export function webAddressWarnings(key: string, value: unknown): string[] {
  if (!isFilled(value) || (typeof value === "string" && isWebAddress(value))) return [];
  return [`${key} is not the whole address of a page`];
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol);
}
