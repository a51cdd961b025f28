import type { Consent } from "../consent.js";
import { member } from "./member.js";

/** Google consent mode v2: storage for ads, the person's data for ads, personalised ads. */
const types = ["ad_storage", "ad_user_data", "ad_personalization"] as const;

/**
 * The person's choice in a state of Google's consent mode, such as the third argument of
 * `gtag("consent", "update", state)`. `advertising` is true when all three advertising types are `granted`, false when
 * one is `denied`; where none is denied but one is unset, or anything else, it says nothing (`{}`).
 *
 * Give it updates only. The defaults of most sites are `denied` before anybody was asked, and a refusal erases.
 */
export function consentFromGoogle(state: unknown): Consent {
  const choices = types.map((type) => member(state, type));
  if (choices.includes("denied")) return { advertising: false };
  return choices.every((choice) => choice === "granted") ? { advertising: true } : {};
}
