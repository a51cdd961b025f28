import { hashUserData, type ParsePhone, type TrackedEvent, type UserData, type VendorKeys } from "@beaconry/core";
import { sha256Hex } from "@beaconry/core/internal";
import type { HashedPerson, IdentifierKind } from "./journal.js";

/** The fields of a person by which one is told from others, and TikTok's key for each. */
const userKinds = { email: "email", phone: "phone", externalId: "external_id" } as const;

/** One identifier as a text: `kind:hash`. */
const toIdentifier = (kind: IdentifierKind, hash: string) => `${kind}:${hash}`;

/**
 * Everything in an event that tells who it was, as hashes: e-mail, phone, id, advertising id, the vendors' browser ids.
 * Of an advertising id: none where the person does not allow tracking.
 */
export function identifiersOf(event: TrackedEvent, parsePhone?: ParsePhone): string[] {
  const { user, matchKeys, context } = event;
  const { device, clicks } = context;
  const advertisingId = event.consent.advertiserTracking === false ? undefined : device?.advertisingId;
  return [
    ...(user ? identifiersOfUser(user, parsePhone) : []),
    ...identifiersOfKeys(matchKeys?.tiktok ?? {}),
    // Meta hashes phones in another way.
    ...identifiersOfKeys({ email: matchKeys?.meta?.em ?? [], external_id: matchKeys?.meta?.external_id ?? [] }),
    ...advertisingIds(device?.platform, advertisingId),
    ...hashed("fbp", clicks?.fbp),
    ...hashed("ttp", clicks?.ttp),
  ].filter((one, index, all) => all.indexOf(one) === index);
}

/** What is known of a person in the clear, as identifiers. What can not be used is left out. */
export function identifiersOfUser({ email, phone, externalId, country }: UserData, parsePhone?: ParsePhone): string[] {
  return identifiersOfKeys(hashUserData({ email, phone, externalId, country }, "tiktok", { parsePhone }).keys);
}

function identifiersOfKeys(keys: VendorKeys): string[] {
  return Object.entries(userKinds).flatMap(([kind, key]) =>
    [keys[key] ?? []].flat().map((hash) => toIdentifier(kind as IdentifierKind, hash)),
  );
}

/** As the system writes it: Apple in upper case, Google in lower case. All zeros is nobody's. */
function advertisingIds(platform: "ios" | "android" | undefined, id: string | undefined): string[] {
  if (!platform || !id || !/[^0-]/.test(id)) return [];
  return platform === "ios" ? hashed("idfa", id.toUpperCase()) : hashed("gaid", id.toLowerCase());
}

function hashed(kind: IdentifierKind, value: string | undefined): string[] {
  return value ? [toIdentifier(kind, sha256Hex(value))] : [];
}

/** Identifiers again by kind. */
export function toHashedPerson(identifiers: readonly (readonly [kind: IdentifierKind, hash: string])[]): HashedPerson {
  const person: Partial<Record<IdentifierKind, string[]>> = {};
  for (const [kind, hash] of identifiers) person[kind] = [...(person[kind] ?? []), hash];
  return person;
}
