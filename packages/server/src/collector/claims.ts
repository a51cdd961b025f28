import type { Issue, MatchKeys } from "@beaconry/core";
import { asObject, isObject } from "./shape.js";

/** What is in the context but is not a page's to say: the collector sees it, or only a server can know it. */
const ofContext = [
  "ip",
  "userAgent",
  "ad",
  "messaging",
  "lead",
  "store",
  "facebookLoginId",
  "subscriptionId",
  "attributionOnly",
] as const;

const ofApp = ["app", "device"] as const;
const ofConsent = ["advertising", "advertiserTracking", "applicationTracking", "limitedDataUse"];

/**
 * Something that a page said and may not say, by its path in the event:
 * - `context.source`: a source other than web and app, such as an offline store or a CRM. The event is refused;
 * - `context.app`, `context.device`: on a web event;
 * - `consent`: more than one person's answer, such as somebody else's;
 * - `matchKeys`: a vendor's key that does not exist, or a value that is not hashed where it must be;
 * - `user`: personal data in the clear.
 */
export type Claim =
  | `context.${(typeof ofContext)[number] | (typeof ofApp)[number] | "source"}`
  | "consent"
  | "matchKeys"
  | "user";

/**
 * The claims of an event, each once.
 * @param read the match keys of it that are used
 */
export function claimsIn(given: Readonly<Record<string, unknown>>, read: MatchKeys): Claim[] {
  const context = asObject(given.context);
  const has = (name: string) => context[name] !== undefined && context[name] !== null;
  const claims: Claim[] = ofContext.filter(has).map((name) => `context.${name}` as const);
  if (has("source") && context.source !== "web" && context.source !== "app") claims.push("context.source");
  if (context.source === "web") claims.push(...ofApp.filter(has).map((name) => `context.${name}` as const));
  if (Object.keys(asObject(given.consent)).some((name) => !ofConsent.includes(name))) claims.push("consent");
  if (hasMore(given.matchKeys, read)) claims.push("matchKeys");
  if (isObject(given.user)) claims.push("user");
  return claims;
}

/** The issue of a claim in an event that is taken all the same. */
export function claimIssue(claim: Claim): Issue {
  const message = `${claim} is left out, or a part of it: it is not a page's to say`;
  return { severity: "warning", code: "wrong_value", path: claim, message };
}

function hasMore(given: unknown, read: MatchKeys): boolean {
  return Object.entries(asObject(given)).some(([vendor, keys]) => {
    const known = Object.hasOwn(read, vendor) ? asObject(read[vendor as keyof MatchKeys]) : {};
    return Object.keys(asObject(keys)).some((name) => !Object.hasOwn(known, name));
  });
}
