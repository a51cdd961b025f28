import type { Rule } from "@beaconry/core/internal";

/** What `baseUrl` of a destination has to be. */
export const baseUrlRule: Rule = {
  takes: "an address that starts with https:// or http://",
  fits: (value) => typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value),
};
