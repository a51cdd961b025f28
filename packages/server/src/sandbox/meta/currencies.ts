import { isFilled } from "../json.js";

/** ISO 4217, as the engine knows it. */
const currencies = new Set(Intl.supportedValuesOf("currency"));

/** Meta takes lower case too. */
export function currencyWarnings(key: string, value: unknown): string[] {
  if (!isFilled(value) || (typeof value === "string" && currencies.has(value.toUpperCase()))) return [];
  return [`${key} is not a code of ISO 4217`];
}
