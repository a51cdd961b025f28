import type { Vendor } from "../vendor.js";
import type { UserField } from "./user-data.js";

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

/**
 * How Meta ("Customer information parameters") and TikTok ("Report App, Web, Offline, or CRM Events") take each field
 * of a person.
 */
export const wireKeys: Readonly<Record<UserField, Partial<Record<Vendor, WireKey>>>> = {
  email: { meta: { key: "em" }, tiktok: { key: "email" } },
  // Meta hashes the digits alone, TikTok keeps the plus.
  phone: { meta: { key: "ph" }, tiktok: { key: "phone", prefix: "+" } },
  firstName: { meta: { key: "fn" }, tiktok: { key: "first_name", single: true } },
  lastName: { meta: { key: "ln" }, tiktok: { key: "last_name", single: true } },
  birthDate: { meta: { key: "db" } },
  gender: { meta: { key: "ge" } },
  city: { meta: { key: "ct" }, tiktok: { key: "city", plain: true, single: true } },
  state: { meta: { key: "st" }, tiktok: { key: "state", plain: true, single: true } },
  zip: { meta: { key: "zp" }, tiktok: { key: "zip_code", single: true } },
  country: { meta: { key: "country" }, tiktok: { key: "country", plain: true, single: true } },
  externalId: { meta: { key: "external_id" }, tiktok: { key: "external_id" } },
};
