import type { Consent } from "@beaconry/core";
import { readConsent } from "./consent-rule.js";
import type { PixelStorage } from "./storage.js";

/** What the person allowed. */
export interface ConsentStore {
  /** Chosen, or else as the options and the browser's privacy signal have it. */
  current(): Consent;
  /** Takes over the parts of a choice that are there. */
  choose(change: Consent): void;
  /** Keeps the choice for the next page. Only what was chosen: the options may be others by then. No choice, nothing. */
  save(): void;
}

/** Begins with the stored choice, which wins over the initial one. */
export function openConsent(initial: Consent, storage: PixelStorage, { navigator }: Window): ConsentStore {
  let choice = readConsent(storage.read("consent"));
  return {
    current() {
      const consent = { ...initial, ...choice };
      // Global Privacy Control: https://w3c.github.io/gpc/
      const signal = "globalPrivacyControl" in navigator && navigator.globalPrivacyControl === true;
      return signal ? { ...consent, limitedDataUse: consent.limitedDataUse ?? true } : consent;
    },
    choose(change) {
      choice = { ...choice, ...change };
    },
    save() {
      if (Object.keys(choice).length) storage.write("consent", choice);
    },
  };
}
