import type { Issue, MatchKeys, Vendor } from "@beaconry/core";
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
const neverAPages: ReadonlySet<string> = new Set(ofContext);
const onlyAnApps: ReadonlySet<string> = new Set(ofApp);

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
  const claims = claimsInContext(asObject(given.context));
  if (Object.keys(asObject(given.consent)).some((name) => !ofConsent.includes(name))) claims.push("consent");
  if (hasMore(given.matchKeys, read)) claims.push("matchKeys");
  if (isObject(given.user)) claims.push("user");
  return claims;
}

function claimsInContext(context: Readonly<Record<string, unknown>>): Claim[] {
  const isWeb = context.source === "web";
  const isClaim = (name: string) => {
    if (context[name] === null) return false;
    if (name === "source") return !isWeb && context.source !== "app";
    return neverAPages.has(name) || (isWeb && onlyAnApps.has(name));
  };
  // The sets have all names that are left.
  return Object.keys(context)
    .filter(isClaim)
    .map((name) => `context.${name}` as Claim);
}

/** The issue of a claim in an event that is taken all the same. */
export function claimIssue(claim: Claim): Issue {
  const message = `${claim} is left out, or a part of it: it is not a page's to say`;
  return { severity: "warning", code: "wrong_value", path: claim, message };
}

/** What is read are keys of those given, so that their numbers tell. */
function hasMore(given: unknown, read: MatchKeys): boolean {
  const vendors = asObject(given);
  return Object.keys(vendors).some((vendor) => {
    const known = Object.hasOwn(read, vendor) ? read[vendor as Vendor] : undefined;
    return Object.keys(asObject(vendors[vendor])).length > Object.keys(known ?? {}).length;
  });
}
