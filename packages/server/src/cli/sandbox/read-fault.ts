import { usageError } from "../exit-codes.js";

/** Fields that are texts whatever they look like. */
const texts = ["kind", "endpoint", "when", "body"];

/**
 * Reads a fault as it stands on a command line: `latency,delay=100-400`, `rateLimit,endpoint=tiktok.events,count=3`, or
 * JSON. Which kinds and fields there are is checked by the sandbox.
 */
export function readFault(text: string): Record<string, unknown> {
  if (text.trimStart().startsWith("{")) return readJson(text);
  const [kind = "", ...fields] = text.split(",");
  return { kind, ...Object.fromEntries(fields.map(readField)) };
}

function readField(field: string): [name: string, value: unknown] {
  const at = field.indexOf("=");
  if (at < 1) throw usageError(`--fault: ${field} is no field, accepted is name=value`);
  const [name, value] = [field.slice(0, at), field.slice(at + 1)];
  if (texts.includes(name) || value.trim() === "") return [name, value];
  const range = /^(\d+)-(\d+)$/.exec(value);
  if (range) return [name, [Number(range[1]), Number(range[2])]];
  return [name, Number.isNaN(Number(value)) ? value : Number(value)];
}

function readJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    throw usageError("--fault: what begins with { is no JSON");
  }
}
