import { copyKey } from "../deduplication.js";
import { filledString, isFilled, isObject, type JsonObject, parseJson, timeFrom } from "../json.js";
import type { Arrival, DeduplicationKeys } from "../received.js";
import { clickIdWarnings } from "./click-ids.js";
import { customWarnings } from "./conversion-warnings.js";
import { personKeys } from "./person-keys.js";
import { webNameWarnings } from "./standard-names.js";

/** Keys of advanced matching, given to `fbq("init")`. */
const userKeys = ["em", "ph", "fn", "ln", "ge", "db", "ct", "st", "zp", "country", "external_id"];
const MAX_NAME = 50;

/**
 * The event in a beacon of the fbevents.js stand-in; undefined when it is none. The stand-in hashes plain customer
 * information as the real script does, and sends the type in brackets in place of what is no text.
 */
export function readMetaPixel(fields: JsonObject): Arrival | undefined {
  const sourceId = filledString(fields.id);
  const name = filledString(fields.ev);
  if (sourceId === undefined || name === undefined) return undefined;
  const id = filledString(fields.eid);
  const user = isObject(fields.ud) ? fields.ud : {};
  const time = typeof fields.ts === "string" && /^\d+$/.test(fields.ts) ? timeFrom(Number(fields.ts)) : undefined;
  const custom = nestedValues(isObject(fields.cd) ? fields.cd : {});
  const { fbp, fbc } = fields;
  const person = { fbp, external_id: user.external_id };
  const copies: DeduplicationKeys =
    id === undefined
      ? { rule: "metaPerson", keys: personKeys(sourceId, name, person) }
      : { rule: "meta", keys: [copyKey(sourceId, name, id)] };
  return {
    vendor: "meta",
    side: "browser",
    endpoint: "meta.pixel",
    sourceId,
    name,
    ...(id !== undefined && { id }),
    copies,
    ...(time !== undefined && { time }),
    matchKeys: [...Object.keys(user), ...["fbp", "fbc"].filter((key) => isFilled(fields[key]))].sort(),
    warnings: [
      ...webNameWarnings(name),
      ...(name.length > MAX_NAME ? [`the event name is longer than ${MAX_NAME} characters`] : []),
      ...userWarnings(user),
      ...clickIdWarnings({ fbp, fbc }),
      ...purchaseWarnings(name, custom),
      ...customWarnings(custom),
    ],
    payload: { ...fields, cd: custom },
  };
}

function userWarnings(user: JsonObject): string[] {
  return Object.entries(user).flatMap(([key, value]) => {
    if (!userKeys.includes(key)) return [`${key} is not a key of advanced matching: it is ignored`];
    const [, type] = (typeof value === "string" && /^\((\w+)\)$/.exec(value)) || [];
    return type === undefined ? [] : [`${key} is not a string but a ${type}`];
  });
}

/** The pixel's events have no answer, so that what the Conversions API refuses is only told here. */
function purchaseWarnings(name: string, custom: JsonObject): string[] {
  if (name !== "Purchase") return [];
  return ["value", "currency"].filter((key) => !isFilled(custom[key])).map((key) => `a Purchase without ${key}`);
}

/** Lists and objects come as JSON. */
function nestedValues(custom: JsonObject): JsonObject {
  const read = (value: unknown) =>
    typeof value === "string" && /^[[{]/.test(value) ? (parseJson(value) ?? value) : value;
  return Object.fromEntries(Object.entries(custom).map(([key, value]) => [key, read(value)]));
}
