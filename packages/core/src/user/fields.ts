import type { Vendor } from "../vendor.js";
import { normalizeBirthDate } from "./birth-date.js";
import { normalizeCity } from "./city.js";
import { normalizeCountry } from "./country.js";
import { normalizeEmail } from "./email.js";
import { normalizeExternalId } from "./external-id.js";
import { normalizeGender } from "./gender.js";
import { normalizePhone, type ParsePhone } from "./phone.js";
import { normalizeState } from "./state.js";
import { inAsciiDigits, lettersOfName } from "./text.js";
import type { UserField } from "./user-data.js";
import { type WireKey, wireKeys } from "./wire-keys.js";
import { normalizeZip } from "./zip.js";

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
}

/** Every field of a person. */
const fields: Readonly<Record<UserField, Field>> = {
  email: {
    accepted: "one e-mail address",
    normalize: normalizeEmail,
  },
  phone: {
    accepted: "a number that starts with + and the country code, or a national number together with country",
    normalize: normalizePhone,
  },
  firstName: {
    accepted: "a name with at least one letter",
    normalize: lettersOfName,
  },
  lastName: {
    accepted: "a name with at least one letter",
    normalize: lettersOfName,
  },
  birthDate: {
    accepted: "a day that existed, as Date, YYYY-MM-DD, YYYYMMDD or with a year of four digits",
    normalize: normalizeBirthDate,
  },
  gender: {
    repeats: true,
    accepted: "f, m, female or male",
    normalize: normalizeGender,
  },
  city: {
    repeats: true,
    accepted: "a name with at least one letter",
    normalize: normalizeCity,
  },
  state: {
    repeats: true,
    accepted: "the name or code of a state",
    normalize: normalizeState,
  },
  zip: {
    accepted: "a postal code, in the United States of at least five digits",
    normalize: (text, country) => normalizeZip(inAsciiDigits(text), country),
  },
  country: {
    repeats: true,
    accepted: "an ISO 3166-1 alpha-2 code or an English country name",
    normalize: normalizeCountry,
  },
  externalId: {
    accepted: "a text or number that is not empty",
    opaque: true,
    normalize: normalizeExternalId,
  },
};

/** The names of all fields: what else is given is no field of a person. */
export const fieldNames: ReadonlySet<string> = /* @__PURE__ */ new Set(/* @__PURE__ */ Object.keys(fields));

/** A field as one vendor takes it. */
export interface VendorField extends Field, WireKey {
  readonly name: UserField;
}

/** The fields that each vendor takes. */
export const fieldsOf: Readonly<Record<Vendor, readonly VendorField[]>> = {
  meta: /* @__PURE__ */ fieldsFor("meta"),
  tiktok: /* @__PURE__ */ fieldsFor("tiktok"),
};

function fieldsFor(vendor: Vendor): VendorField[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const key = wireKeys[name as UserField][vendor];
    return key ? [{ ...field, ...key, name: name as UserField }] : [];
  });
}
