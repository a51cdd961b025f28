import type { Consent } from "@beaconry/core";
import { asBoolean, asNumber, asObject } from "./shape.js";

/**
 * The consent in what a browser has sent you, as JSON or parsed: only the parts that exist, and only where they have
 * the right type; `{}` for anything else, which is no consent. A limit of data use that can not be read is a limit all the
 * same. The pixel keeps what the person chose in `localStorage` under `beaconry.consent`, which no server sees; let the
 * page send it along with the order, and read it by this.
 */
export function readConsent(value: unknown): Consent {
  const given = asObject(typeof value === "string" ? parse(value) : value);
  return {
    advertising: asBoolean(given.advertising),
    advertiserTracking: asBoolean(given.advertiserTracking),
    applicationTracking: asBoolean(given.applicationTracking),
    limitedDataUse: readLimit(given.limitedDataUse),
  };
}

function readLimit(value: unknown): Consent["limitedDataUse"] {
  const region = asObject(value);
  const country = asNumber(region.country);
  const state = asNumber(region.state);
  if (country !== undefined && state !== undefined) return { country, state };
  return value ? true : asBoolean(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
