import type { Rule } from "@beaconry/core/internal";

/** What `baseUrl` of a destination has to be. */
export const baseUrlRule: Rule = {
  takes: "an address that starts with https:// or http://, without user, query and fragment",
  fits: (value) => typeof value === "string" && /^https?:\/\/[^/?#@]+(\/[^?#]*)?$/.test(value) && URL.canParse(value),
};

/**
 * The address of a path below `baseUrl`, whose own path is kept: a relay may have the API below one.
 * @param segments put in as they are, but for what would end a segment
 */
export function apiUrl(baseUrl: string, ...segments: readonly string[]): string {
  return new URL(`${baseUrl.replace(/\/+$/, "")}/${segments.map(encodeURIComponent).join("/")}`).href;
}
