import { isObject, type JsonObject } from "./json.js";
import type { ReceivedEvent, SandboxEventEndpoint } from "./received.js";

interface Place {
  /** Under which of its fields an event has its properties; App Events have them beside the name. */
  readonly properties?: string;
  /** Which of the properties are its value and its currency. */
  readonly value: string;
  readonly currency: string;
}

const onTheWeb = { value: "value", currency: "currency" } as const;

const places: Readonly<Record<SandboxEventEndpoint, Place>> = {
  "tiktok.pixel": { properties: "properties", ...onTheWeb },
  "tiktok.events": { properties: "properties", ...onTheWeb },
  "meta.pixel": { properties: "cd", ...onTheWeb },
  "meta.conversions": { properties: "custom_data", ...onTheWeb },
  "meta.appEvents": { value: "_valueToSum", currency: "fb_currency" },
};

type Sent = Pick<ReceivedEvent, "endpoint" | "data">;

/** The properties of an event as sent, under their wire names: value, currency, contents. */
export function wireProperties({ endpoint, data }: Sent): JsonObject {
  const { properties: field } = places[endpoint];
  const properties = field === undefined ? data : data[field];
  return isObject(properties) ? properties : {};
}

/** What an event is worth, and its currency in upper case; a currency without an amount is left out. */
export function wireWorth(event: Sent): { readonly value?: number; readonly currency?: string } {
  const place = places[event.endpoint];
  const { [place.value]: given, [place.currency]: currency } = wireProperties(event);
  const value = typeof given === "string" && given !== "" ? Number(given) : given;
  if (typeof value !== "number" || !Number.isFinite(value)) return {};
  return { value, ...(typeof currency === "string" && { currency: currency.toUpperCase() }) };
}
