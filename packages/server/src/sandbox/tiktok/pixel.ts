import { copyKey } from "../deduplication.js";
import { isSha256 } from "../hashes.js";
import { filledString, isFilled, isObject, type JsonObject } from "../json.js";
import type { Arrival } from "../received.js";
import { standardEvents } from "./keys.js";
import { propertyWarnings } from "./warnings.js";

/** Custom names: up to 50 characters, a letter first, a letter or digit last (help page "custom events", Feb 2026). */
const customName = /^[A-Za-z]([A-Za-z0-9_-]{0,48}[A-Za-z0-9])?$/;

/** Events whose missing content id the tag complains of in the console. */
const needContentId: readonly string[] =
  "CompletePayment InitiateCheckout AddToCart PlaceAnOrder ViewContent AddToWishlist".split(" ");

/** The event in a report of the events.js stand-in; undefined when it is none. */
export function readTikTokPixel(body: unknown): Arrival | undefined {
  if (!isObject(body)) return undefined;
  const sourceId = filledString(body.pixel_code);
  const name = filledString(body.event);
  if (sourceId === undefined || name === undefined) return undefined;
  const id = filledString(body.event_id);
  const context = isObject(body.context) ? body.context : {};
  const user = isObject(context.user) ? context.user : {};
  const properties = isObject(body.properties) ? body.properties : {};
  const time = Date.parse(String(body.timestamp));
  return {
    vendor: "tiktok",
    side: "browser",
    endpoint: "tiktok.pixel",
    sourceId,
    name,
    // A page view made by ttq.page() carries no id, so it never has copies.
    ...(id !== undefined && { id, copies: { rule: "tiktok", keys: [copyKey(sourceId, name, id)] } }),
    ...(!Number.isNaN(time) && { time }),
    matchKeys: Object.keys(user)
      .filter((key) => isFilled(user[key]))
      .sort(),
    warnings: pixelWarnings(name, user, properties),
    payload: body,
  };
}

function pixelWarnings(name: string, user: JsonObject, properties: JsonObject): string[] {
  const { value } = properties;
  const externalId = user.external_id;
  return [
    ...(standardEvents.includes(name) || customName.test(name) ? [] : ["not a valid custom event name"]),
    ...(isFilled(value) && !Number.isFinite(Number(value)) ? ["value is not a number"] : []),
    ...(needContentId.includes(name) && !hasContentId(properties) ? ["no content_id"] : []),
    // The tag hashes email and phone itself, and passes an external id through as given.
    ...(isFilled(externalId) && !isSha256(externalId) ? ["external_id is not a SHA-256 hash"] : []),
    ...propertyWarnings(properties),
  ];
}

function hasContentId(properties: JsonObject): boolean {
  const contents = Array.isArray(properties.contents) ? properties.contents : [];
  return (
    isFilled(properties.content_id) ||
    isFilled(properties.content_ids) ||
    contents.some((content) => isObject(content) && isFilled(content.content_id))
  );
}
