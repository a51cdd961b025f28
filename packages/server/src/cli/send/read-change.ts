import { isObject } from "../../collector/shape.js";
import { usageError } from "../exit-codes.js";
import type { EventChange } from "./sample-event.js";

const objects = ["properties", "user", "context", "consent"] as const;
const scalars = ["id", "time"] as const;

/** Reads JSON with members of an event. Throws a usage error that names what does not fit, and never its value. */
export function readChange(text: string, from: string): EventChange {
  const change = parse(text, from);
  if (!isObject(change)) throw usageError(`${from} is no JSON object`);
  for (const [name, value] of Object.entries(change)) {
    const isKnown = [...objects, ...scalars].some((known) => known === name);
    if (!isKnown) throw usageError(`${from}: ${name} is unknown, accepted is ${[...objects, ...scalars].join(", ")}`);
    if (objects.some((known) => known === name) && !isObject(value)) throw usageError(`${from}: ${name} is no object`);
  }
  const { id, time } = change;
  if (id !== undefined && (typeof id !== "string" || id === "")) throw usageError(`${from}: id is no text`);
  if (time !== undefined && Number.isNaN(new Date(time as string).getTime())) {
    throw usageError(`${from}: time is neither milliseconds since 1970 nor an ISO 8601 date`);
  }
  return change;
}

function parse(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw usageError(`${from} is no JSON`);
  }
}

/** Reads `name=value`; a value that is JSON counts as what it says, any other as a text. */
export function readProperty(text: string): [name: string, value: unknown] {
  const at = text.indexOf("=");
  if (at < 1) throw usageError("--set takes name=value");
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}
