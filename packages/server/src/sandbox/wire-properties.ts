import { isObject, type JsonObject } from "./json.js";
import type { ReceivedEvent, SandboxEndpoint } from "./received.js";

/** Under which of its fields an event has its properties; App Events have them beside the name. */
const fields: Readonly<Record<SandboxEndpoint, string | undefined>> = {
  "tiktok.pixel": "properties",
  "tiktok.events": "properties",
  "meta.pixel": "cd",
  "meta.conversions": "custom_data",
  "meta.appEvents": undefined,
};

/** The properties of an event as sent, under their wire names: value, currency, contents. */
export function wireProperties({ endpoint, data }: ReceivedEvent): JsonObject {
  const field = fields[endpoint];
  const properties = field === undefined ? data : data[field];
  return isObject(properties) ? properties : {};
}
