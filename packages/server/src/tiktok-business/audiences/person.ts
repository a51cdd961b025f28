import { isMd5, isSha256, normalizeCountry, normalizeEmail, normalizePhone, sha256Hex } from "@beaconry/core/internal";
import { parsePhone } from "@beaconry/core/phone";

type OneOrMore<T> = T | readonly T[];

/** Somebody for an audience, in the clear or as SHA-256 hashes (64 hex digits). Other members are left alone. */
export interface AudiencePerson {
  readonly email?: OneOrMore<string>;
  /** With `+` and the country code, or a national number together with `country`. */
  readonly phone?: OneOrMore<string>;
  /** ISO 3166-1 alpha-2 code or the English name: for national phone numbers. */
  readonly country?: string;
  /** Advertising id of iOS. */
  readonly idfa?: OneOrMore<string>;
  /** Advertising id of Android. */
  readonly gaid?: OneOrMore<string>;
}

/** What a person is known by. */
export type PersonField = "email" | "phone" | "idfa" | "gaid";

/**
 * How an e-mail address is written before it is hashed. TikTok's documents disagree: those on files and on the Events API
 * have it in lower case, that on streaming segments also without dots and `+tag` before the `@`, whatever the domain.
 */
export type EmailForm = "lowerCase" | "withoutDotsAndTags";

/**
 * Why somebody is not in the file: nothing that the schema takes is there, a value is no usable one, a hash is an MD5.
 */
export type InvalidReason = "missing" | PersonField | "md5";

/** Reads one value: its hash, or why there is none. */
export type ReadValue = (field: PersonField, text: string, country: string | undefined) => string;

/** The hash of a value as TikTok takes it, 64 hex digits; or an {@link InvalidReason}, `missing` for an empty text. */
export function createReadValue(emailForm: EmailForm): ReadValue {
  return (field, text, country) => {
    const value = text.trim();
    if (value === "") return "missing";
    if (isSha256(value)) return value.toLowerCase();
    if (isMd5(value) && field !== "gaid" && field !== "idfa") return "md5";
    const normal = value.length > longest ? "" : normalizers[field](value, country);
    if (normal === "") return field;
    return sha256Hex(emailForm === "withoutDotsAndTags" && field === "email" ? withoutDotsAndTags(normal) : normal);
  };
}

/** What nearly all addresses are: nothing else has to be looked at. */
const plainEmail = /^[a-z\d._+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,9}[a-z]{2,63}$/;
/** As TikTok takes it: nothing has to be done to it. */
const plainPhone = /^\+[1-9]\d{6,14}$/;

/** Longer texts are no identifiers. */
const longest = 512;

const normalizers: Readonly<Record<PersonField, (text: string, country: string | undefined) => string>> = {
  email(text) {
    const lower = text.toLowerCase();
    return plainEmail.test(lower) ? lower : normalizeEmail(text);
  },
  phone(text, country) {
    if (plainPhone.test(text)) return text;
    const digits = normalizePhone(text, country ? normalizeCountry(country) : "", parsePhone);
    return digits && `+${digits}`;
  },
  // As the systems write them.
  idfa: (text) => advertisingId(text).toUpperCase(),
  gaid: (text) => advertisingId(text).toLowerCase(),
};

/** All zeros is what a phone says whose owner does not allow tracking. */
function advertisingId(text: string): string {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text) && /[^0-]/.test(text) ? text : "";
}

function withoutDotsAndTags(email: string): string {
  const at = email.lastIndexOf("@");
  return email.slice(0, at).replace(/\+.*$/s, "").replaceAll(".", "") + email.slice(at);
}
