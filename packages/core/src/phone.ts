import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import type { ParsePhone } from "./user/phone.js";

/**
 * A national number in E.164 (`"(650) 555-1212"`, `"us"` → `+16505551212`), or `undefined` when it is no number of
 * that country by length and pattern. In an entry of its own, since the tables of all countries weigh more than the
 * rest of Beaconry.
 * @param country ISO 3166-1 alpha-2, any case
 */
export const parsePhone: ParsePhone = (text, country) => {
  const code = country.toUpperCase();
  if (!isSupportedCountry(code)) return undefined;
  const number = parsePhoneNumberFromString(text, code);
  return number?.isValid() ? number.number : undefined;
};

export type { ParsePhone } from "./user/phone.js";
