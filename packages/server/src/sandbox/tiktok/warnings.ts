import { addressWarnings, hashWarnings, neverHashedWarnings } from "../hashes.js";
import { filledString, isFilled, isObject, type JsonObject } from "../json.js";
import { unknownKeys } from "../shape.js";
import * as keys from "./keys.js";

/** What the Events API takes without a word and then ignores or matches less well. */
export function eventWarnings(event: JsonObject, user: JsonObject, source: keys.TikTokSource): string[] {
  const properties = isObject(event.properties) ? event.properties : {};
  return [
    ...fieldWarnings(event, source),
    ...userWarnings(user, source),
    ...propertyWarnings(properties),
    ...(source === "offline" && !keys.standardEvents.includes(String(event.event))
      ? ["offline events take standard names only"]
      : []),
    // Limited data use is resolved by state, from the address.
    ...(event.limited_data_use === true && !isFilled(user.ip)
      ? ["limited_data_use has no effect without user.ip"]
      : []),
  ];
}

function fieldWarnings(event: JsonObject, source: keys.TikTokSource): string[] {
  const unknown = unknownKeys(event, keys.eventFields).map(
    (key) => `"${key}" is not a field of an event: it is ignored`,
  );
  const misplaced = Object.entries(keys.sourcesOfField)
    .filter(([field, sources]) => event[field] !== undefined && !sources.includes(source))
    .map(([field]) => `${field} is not a field of ${source} events: it is ignored`);
  const noId = source === "web" && !isFilled(event.event_id) ? ["no event_id: a browser copy is not recognised"] : [];
  return [...unknown, ...misplaced, ...noId];
}

function userWarnings(user: JsonObject, source: keys.TikTokSource): string[] {
  const sent = Object.keys(user).filter((key) => isFilled(user[key]));
  const unknown = sent.filter((key) => !Object.hasOwn(keys.userFields, key));
  const misplaced = sent.filter((key) => !unknown.includes(key) && !keys.userKeysOf[source].includes(key));
  const hashed = sent.filter((key) => keys.hashedUserKeys.includes(key));
  const status = filledString(user.att_status);
  return [
    ...unknown.map((key) => `user.${key} is not a user field: it is ignored`),
    ...misplaced.map((key) => `user.${key} is not a user field of ${source} events: it is ignored`),
    // TikTok's documents require these hashed; that an unhashed one is refused is not documented.
    ...hashed.flatMap((key) => hashWarnings(`user.${key}`, [user[key]].flat(), "it can not be matched")),
    ...neverHashedWarnings(user, keys.plainUserKeys).map((warning) => `user.${warning}`),
    ...addressWarnings("user.ip", user.ip),
    ...(status !== undefined && !keys.attStatuses.includes(status) ? [`user.att_status "${status}" is unknown`] : []),
    ...advertisingIdWarnings(user),
  ];
}

/** Raw, an idfa is upper-case and a gaid lower-case; hashed, both are lower-case hex. */
function advertisingIdWarnings({ idfa, gaid }: JsonObject): string[] {
  const wrong = (value: unknown, right: (text: string) => string) =>
    typeof value === "string" && !/^[0-9a-f]{64}$/.test(value) && value !== right(value);
  return [
    ...(wrong(idfa, (text) => text.toUpperCase()) ? ["user.idfa is not upper-case"] : []),
    ...(wrong(gaid, (text) => text.toLowerCase()) ? ["user.gaid is not lower-case"] : []),
  ];
}

/** Shared with the browser tag, whose own diagnostics say the same in the console. */
export function propertyWarnings(properties: JsonObject): string[] {
  const { currency, value } = properties;
  const odd = Object.entries(keys.propertyValues)
    .filter(([key, values]) => isFilled(properties[key]) && !values.includes(String(properties[key])))
    .map(([key, values]) => `${key} is not one of ${values.join(", ")}`);
  return [
    ...odd,
    ...(isFilled(value) && !isFilled(currency) ? ["value without currency"] : []),
    ...(isFilled(currency) && !isFilled(value) ? ["currency without value"] : []),
    ...(isFilled(currency) && !keys.currencies.includes(String(currency))
      ? [`currency ${String(currency)} is not one TikTok lists`]
      : []),
  ];
}
