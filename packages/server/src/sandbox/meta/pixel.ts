import { copyKey } from "../deduplication.js";
import { filledString, isFilled, isObject, parseJson } from "../json.js";
import type { Arrival } from "../received.js";

/** Keys of advanced matching, given to `fbq("init")`. */
const userKeys = ["em", "ph", "fn", "ln", "ge", "db", "ct", "st", "zp", "country", "external_id"];
const MAX_NAME = 50;

/**
 * The event in a beacon of the fbevents.js stand-in; undefined when it is none. The stand-in sends hashed customer
 * information as it is and `(plain)` in place of plain text, which the real script would hash.
 */
export function readMetaPixel(fields: Readonly<Record<string, unknown>>): Arrival | undefined {
  const sourceId = filledString(fields.id);
  const name = filledString(fields.ev);
  if (sourceId === undefined || name === undefined) return undefined;
  const id = filledString(fields.eid);
  const user = isObject(fields.ud) ? fields.ud : {};
  const time = Number(fields.ts);
  const cd = isObject(fields.cd) ? fields.cd : {};
  return {
    vendor: "meta",
    side: "browser",
    endpoint: "meta.pixel",
    sourceId,
    name,
    ...(id !== undefined && { id, copies: { rule: "meta", keys: [copyKey(sourceId, name, id)] } }),
    ...(time > 0 && { time }),
    matchKeys: [...Object.keys(user), ...["fbp", "fbc"].filter((key) => isFilled(fields[key]))].sort(),
    warnings: [
      ...(name.length > MAX_NAME ? [`the event name is longer than ${MAX_NAME} characters`] : []),
      ...Object.keys(user)
        .filter((key) => !userKeys.includes(key))
        .map((key) => `${key} is not a key of advanced matching: it is ignored`),
      ...Object.entries(user)
        .filter(([key, value]) => userKeys.includes(key) && /^\((?!plain\))/.test(String(value)))
        .map(([key, value]) => `${key} is not a string but a ${String(value).slice(1, -1)}`),
    ],
    payload: { ...fields, cd: Object.fromEntries(Object.entries(cd).map(([key, value]) => [key, nested(value)])) },
  };
}

/** Lists and objects come as JSON. */
function nested(value: unknown): unknown {
  return typeof value === "string" && /^[[{]/.test(value) ? (parseJson(value) ?? value) : value;
}
