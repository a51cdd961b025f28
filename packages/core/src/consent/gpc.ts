import type { Consent } from "../consent.js";

/**
 * Global Privacy Control (https://w3c.github.io/gpc/): `navigator.globalPrivacyControl`, or the value of the request
 * header `Sec-GPC`. Set, it limits data use; not set, it says nothing, since the signal knows no consent.
 */
export function consentFromGpc(signal: unknown): Consent {
  return signal === true || signal === "1" ? { limitedDataUse: true } : {};
}
