import type { DataUseRegion } from "../consent.js";

/** Meta's only country. */
const unitedStates = 1;

/**
 * Meta's numbers of US states, from its page on data processing options. Its page on server event parameters names
 * California alone, and `0` for "find out from the IP address". We take the longer list; who trusts the shorter one,
 * or is in a state without a number, sets `limitedDataUse: true`, which is sent as `0`.
 */
const states: ReadonlyMap<string, number> = new Map([
  ["CA", 1000],
  ["CO", 1001],
  ["CT", 1002],
  ["FL", 1003],
  ["OR", 1004],
  ["TX", 1005],
  ["MT", 1006],
  ["DE", 1007],
  ["NE", 1008],
  ["NH", 1009],
  ["NJ", 1010],
  ["MN", 1011],
  ["MD", 1012],
  ["RI", 1013],
]);

/** Whether these are numbers of Meta's; 0 is what Meta finds out from the IP address. */
export function isRegionOfMeta({ country, state }: DataUseRegion): boolean {
  return (country === 0 || country === unitedStates) && (state === 0 || [...states.values()].includes(state));
}

/**
 * The region for `Consent.limitedDataUse` of a person in this US state, by its code in any case (`CA`, or `US-CA`
 * as in ISO 3166-2). `undefined` for a state that Meta has no number for.
 */
export function limitedDataUseIn(state: string): DataUseRegion | undefined {
  const code = typeof state === "string" ? states.get(state.trim().toUpperCase().replace(/^US-/, "")) : undefined;
  return code === undefined ? undefined : { country: unitedStates, state: code };
}
