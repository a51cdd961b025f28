import { copyKey } from "../deduplication.js";
import { isFilled, type JsonObject } from "../json.js";
import type { DeduplicationKeys } from "../received.js";

/** What may tell the device of an install, as both APIs have it under names of their own. */
export interface Device {
  readonly advertiser?: unknown;
  readonly attribution?: unknown;
  readonly anonymous?: unknown;
  /** The customer information, which serves where the device has no id. */
  readonly person?: JsonObject;
}

/** What systems give for every device whose owner allows no tracking, so that it identifies none. */
export function isNoAdvertiser(id: unknown): boolean {
  return typeof id === "string" && /^[0-]+$/.test(id);
}

/** An install is known again by any identifier of the device. */
export function installKeys(sourceId: string, { person, ...ids }: Device): DeduplicationKeys {
  const device = Object.entries(ids)
    .filter(([, value]) => isFilled(value) && !isNoAdvertiser(value))
    .map(([kind, value]) => copyKey(sourceId, kind, value));
  const known = person && Object.values(person).some(isFilled) ? [copyKey(sourceId, "person", person)] : [];
  return { rule: "metaInstall", keys: device.length > 0 ? device : known };
}
