import type { Consent } from "@beaconry/core";
import { consentShape, findProblem, object, type Shape } from "./shape.js";
import type { PixelStorage } from "./storage.js";

/** What the person allowed. */
export interface ConsentStore {
  /** Chosen, or else as the options and the browser's privacy signal have it. */
  current(): Consent;
  /**
   * Takes over the parts of a choice that are there.
   * @param asDefault it holds where nothing is chosen, and is not kept
   */
  choose(change: Consent, asDefault?: boolean): void;
  /** Keeps the choice for the next page. Only what was chosen: the options may be others by then. No choice, nothing. */
  save(): void;
  /** Reads the stored choice again: another tab may have changed it. */
  reload(): void;
}

/** Begins with the stored choice, which wins over the initial one. */
export function openConsent(given: Consent, storage: PixelStorage, { navigator }: Window): ConsentStore {
  let initial = given;
  let choice: Consent = {};
  let isKept = false;
  const reload = () => {
    const stored = storage.read("consent");
    // Where storage is denied there never was one: what was chosen on this page stays then, above all a refusal.
    if (stored || isKept) choice = readConsent(stored);
    isKept ||= Boolean(stored);
  };
  reload();
  return {
    current() {
      const consent = { ...initial, ...choice };
      // Global Privacy Control: https://w3c.github.io/gpc/
      const signal = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;
      return signal ? { ...consent, limitedDataUse: consent.limitedDataUse ?? true } : consent;
    },
    choose(change, asDefault) {
      if (asDefault) initial = { ...initial, ...change };
      else choice = { ...choice, ...change };
    },
    save() {
      if (!Object.keys(choice).length) return;
      const isThere = JSON.stringify(storage.read("consent")) === JSON.stringify(choice);
      isKept = isThere || storage.write("consent", choice);
      // No room: better none than the one before, which may be the opposite.
      if (!isKept) storage.remove("consent");
    },
    reload,
  };
}

/**
 * The parts of a value that are consent. One bad member does not spoil the others: a refusal must count whatever
 * comes with it. Members that are `undefined` say nothing.
 */
export function readConsent(value: unknown, onBad: (problem: string) => void = () => {}): Consent {
  const fits = (part: unknown, shape: Shape) => {
    const problem = findProblem(part, shape, "consent");
    if (problem) onBad(problem);
    return !problem;
  };
  if (!fits(value, object)) return {};
  const isGood = ([name, member]: [string, unknown]) => member !== undefined && fits({ [name]: member }, consentShape);
  return Object.fromEntries(Object.entries(value as object).filter(isGood));
}
