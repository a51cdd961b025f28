import { copyKey } from "../deduplication.js";
import { isSha256 } from "../hashes.js";
import { filledString, isFilled, isObject, type JsonObject } from "../json.js";
import type { Arrival } from "../received.js";
import { nameWarnings } from "./names.js";
import { propertyWarnings } from "./warnings.js";

/** Events whose missing content id the tag complains of in the console; Purchase was CompletePayment then. */
const needContentId: readonly string[] =
  "Purchase CompletePayment InitiateCheckout AddToCart PlaceAnOrder ViewContent AddToWishlist".split(" ");

/** Events that the tag wants an email or phone number with. */
const needPerson: readonly string[] = ["Purchase", "CompletePayment"];

/** Keys of `identify` that TikTok wants hashed and the tag is not known to hash itself. */
const hashedByPage = ["external_id", "first_name", "last_name", "zip_code", "sha256_email", "sha256_phone_number"];

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
  const time = typeof body.timestamp === "string" ? Date.parse(body.timestamp) : Number.NaN;
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
  const isNumber = typeof value === "number" || (typeof value === "string" && Number.isFinite(Number(value)));
  return [
    ...nameWarnings(name, "web"),
    ...(isFilled(value) && !isNumber ? ["value is not a number"] : []),
    ...(needContentId.includes(name) && !hasContentId(properties) ? ["no content_id"] : []),
    ...(needPerson.includes(name) && !hasPerson(user) ? ["no email or phone number"] : []),
    // The tag hashes email and phone itself, and passes an external id through as given.
    ...hashedByPage
      .filter((key) => isFilled(user[key]) && !isSha256(user[key]))
      .map((key) => `${key} is not a SHA-256 hash`),
    ...propertyWarnings(properties, "web"),
  ];
}

const hasPerson = (user: JsonObject) =>
  ["email", "phone_number", "sha256_email", "sha256_phone_number"].some((key) => isFilled(user[key]));

function hasContentId(properties: JsonObject): boolean {
  const contents = Array.isArray(properties.contents) ? properties.contents : [];
  return (
    isFilled(properties.content_id) ||
    isFilled(properties.content_ids) ||
    contents.some((content) => isObject(content) && isFilled(content.content_id))
  );
}
