type OneOrMore<T> = T | readonly T[];

/**
 * What you know of the person, in the clear: Beaconry normalises and hashes it as each vendor asks. A value that is
 * already a SHA-256 hash (64 hex digits) passes through. Several values may be given where a person has several.
 */
export interface UserData {
  email?: OneOrMore<string>;
  /** International form (`+1 650 555 1212`), or a national number together with `country`. */
  phone?: OneOrMore<string>;
  firstName?: OneOrMore<string>;
  lastName?: OneOrMore<string>;
  /** `Date` (its UTC day), `1997-02-16`, `19970216`, `2/16/1997`. */
  birthDate?: OneOrMore<string | Date>;
  /** `f`, `m`, or the plain words for them. */
  gender?: OneOrMore<string>;
  city?: OneOrMore<string>;
  /** US states and Canadian provinces by name or code; elsewhere the name. */
  state?: OneOrMore<string>;
  zip?: OneOrMore<string | number>;
  /** ISO 3166-1 alpha-2 code or the English name. */
  country?: OneOrMore<string>;
  /** Your own id of the person. Case is kept: use the same spelling in browser and server. */
  externalId?: OneOrMore<string | number>;
}

/** A field of {@link UserData}. */
export type UserField = keyof UserData;
