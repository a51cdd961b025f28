import { isObject, type JsonObject } from "./json.js";

const REDACTED = "[redacted]";
const secretHeaders = ["access-token", "authorization", "cookie"];
const secretFields = ["access_token", "appsecret_proof", "secret", "auth_code"];

/** Headers as one string each, without tokens. */
export function redactHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    kept[name] = secretHeaders.includes(name) ? REDACTED : [value].flat().join(", ");
  }
  return kept;
}

/** Path and query of an address, without tokens. */
export function redactPath(url: URL): string {
  const query = new URLSearchParams(url.search);
  const secret = secretFields.filter((field) => query.has(field));
  if (secret.length === 0) return url.pathname + url.search;
  for (const field of secret) query.set(field, REDACTED);
  return `${url.pathname}?${query}`;
}

/** A text without tokens, whatever its format: JSON, a form or neither. */
export function redactText(text: string): string {
  return text.replace(secretText, `$1${REDACTED}`);
}

const secretText = new RegExp(`((?:${secretFields.join("|")})\\\\*"?(?:\\s*[=:]\\s*\\\\*"?|\\s+))[^"&\\s,}\\\\]+`, "g");

/** A parsed body without tokens; the rest is the same value, not a copy. No vendor has tokens within lists. */
export function redactBody(body: unknown): unknown {
  if (typeof body === "string") return redactText(body);
  return isObject(body) ? redactFields(body) : body;
}

function redactFields(object: JsonObject): JsonObject {
  const changed = Object.entries(object).flatMap(([name, value]) => {
    if (value !== undefined && secretFields.includes(name)) return [[name, REDACTED] as const];
    const within = isObject(value) ? redactFields(value) : value;
    return within === value ? [] : [[name, within] as const];
  });
  return changed.length === 0 ? object : { ...object, ...Object.fromEntries(changed) };
}
