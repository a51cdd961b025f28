import type { JsonObject } from "../json.js";

/** `fb.{subdomain index}.{milliseconds}.{fbclid or random number}`, and a fifth part from Meta's parameter builder. */
const formats = {
  fbc: /^fb\.\d+\.\d{13}\.[^.]+(\.[\w-]+)*$/,
  fbp: /^fb\.\d+\.\d{13}\.\d+(\.[\w-]+)?$/,
} as const;

export function clickIdWarnings(user: JsonObject): string[] {
  return Object.entries(formats)
    .filter(([key, format]) => typeof user[key] === "string" && user[key] !== "" && !format.test(user[key]))
    .map(([key]) => `${key} is not of the form fb.1.<milliseconds>.<id>`);
}
