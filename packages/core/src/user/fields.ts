import type { Vendor } from "../vendor.js";
import { normalizeBirthDate } from "./birth-date.js";
import { normalizeCity } from "./city.js";
import { normalizeCountry } from "./country.js";
import { normalizeEmail } from "./email.js";
import { normalizeExternalId } from "./external-id.js";
import { normalizeGender } from "./gender.js";
import { normalizePhone, type ParsePhone } from "./phone.js";
import { normalizeState } from "./state.js";
import { lettersAndDigits } from "./text.js";
import type { UserField } from "./user-data.js";
import { normalizeZip } from "./zip.js";

/** How one vendor takes a field. */
export interface WireKey {
  readonly key: string;
  /** Sent as it is, not as its hash. */
  readonly plain?: true;
  /** Takes only one value. */
  readonly single?: true;
  /** What this vendor wants in front of the normalised value. */
  readonly prefix?: string;
}

/** One field of a person. */
export interface Field {
  /** What is accepted, for the issue when a value is not. */
  readonly accepted: string;
  /** An MD5-like value is a plain value here, not a hash. */
  readonly opaque?: true;
  /** Many people share a value, so its hash is worth remembering. */
  readonly repeats?: true;
  /** `""` when the text is unusable. It comes trimmed. `country` is alpha-2 in lower case, or `""`. */
  readonly normalize: (text: string, country: string, parsePhone: ParsePhone | undefined) => string;
  readonly wire: Partial<Record<Vendor, WireKey>>;
}

/**
 * Every field of a person, and how Meta ("Customer information parameters") and TikTok ("Report App, Web, Offline,
 * or CRM Events") take it.
 */
export const fields: Readonly<Record<UserField, Field>> = {
  email: {
    accepted: "one e-mail address",
    normalize: normalizeEmail,
    wire: { meta: { key: "em" }, tiktok: { key: "email" } },
  },
  phone: {
    accepted: "a number that starts with + and the country code, or a national number together with country",
    normalize: normalizePhone,
    // Meta hashes the digits alone, TikTok keeps the plus.
    wire: { meta: { key: "ph" }, tiktok: { key: "phone", prefix: "+" } },
  },
  firstName: {
    accepted: "a name with at least one letter",
    normalize: lettersAndDigits,
    wire: { meta: { key: "fn" }, tiktok: { key: "first_name", single: true } },
  },
  lastName: {
    accepted: "a name with at least one letter",
    normalize: lettersAndDigits,
    wire: { meta: { key: "ln" }, tiktok: { key: "last_name", single: true } },
  },
  birthDate: {
    accepted: "a day that existed, as Date, YYYY-MM-DD, YYYYMMDD or with a year of four digits",
    normalize: normalizeBirthDate,
    wire: { meta: { key: "db" } },
  },
  gender: {
    repeats: true,
    accepted: "f, m, female or male",
    normalize: normalizeGender,
    wire: { meta: { key: "ge" } },
  },
  city: {
    repeats: true,
    accepted: "a name with at least one letter",
    normalize: normalizeCity,
    wire: { meta: { key: "ct" }, tiktok: { key: "city", plain: true, single: true } },
  },
  state: {
    repeats: true,
    accepted: "the name or code of a state",
    normalize: normalizeState,
    wire: { meta: { key: "st" }, tiktok: { key: "state", plain: true, single: true } },
  },
  zip: {
    accepted: "a postal code, in the United States of at least five digits",
    normalize: normalizeZip,
    wire: { meta: { key: "zp" }, tiktok: { key: "zip_code", single: true } },
  },
  country: {
    repeats: true,
    accepted: "an ISO 3166-1 alpha-2 code or an English country name",
    normalize: normalizeCountry,
    wire: { meta: { key: "country" }, tiktok: { key: "country", plain: true, single: true } },
  },
  externalId: {
    accepted: "a text or number that is not empty",
    opaque: true,
    normalize: normalizeExternalId,
    wire: { meta: { key: "external_id" }, tiktok: { key: "external_id" } },
  },
};

/** The names of all fields: what else is given is no field of a person. */
export const fieldNames: ReadonlySet<string> = /* @__PURE__ */ new Set(/* @__PURE__ */ Object.keys(fields));

/** A field as one vendor takes it. */
export interface VendorField extends Omit<Field, "wire">, WireKey {
  readonly name: UserField;
}

/** The fields that each vendor takes. */
export const fieldsOf: Readonly<Record<Vendor, readonly VendorField[]>> = {
  meta: /* @__PURE__ */ fieldsFor("meta"),
  tiktok: /* @__PURE__ */ fieldsFor("tiktok"),
};

function fieldsFor(vendor: Vendor): VendorField[] {
  return Object.entries(fields).flatMap(([name, { wire, ...field }]) => {
    const key = wire[vendor];
    return key ? [{ ...field, ...key, name: name as UserField }] : [];
  });
}
