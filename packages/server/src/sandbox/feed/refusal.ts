import { isObject } from "../json.js";
import type { ReceivedRequest } from "../received.js";

/** Why a request was not taken, or not wholly. */
export interface Refusal {
  /** The vendor's code with its subcode: `40002`, `100/2804016`; or the HTTP status, `HTTP 503`; or `cut`. */
  readonly code: string;
  /** The vendor's words. */
  readonly message: string;
  /** The place in the body that the vendor's words name, as keys and indexes; absent when they name none. */
  readonly path?: readonly (string | number)[];
}

const MAX_MESSAGE = 500;

/** Reads the answer to a request; undefined when the vendor took it. */
export function readRefusal(request: ReceivedRequest): Refusal | undefined {
  const { status, answer, endpoint, events } = request;
  if (status === undefined) {
    const after = events > 0 ? "after its events were taken" : "before its events were taken";
    return { code: "cut", message: `The connection was cut ${after}.` };
  }
  const vendors = vendorsRefusal(answer);
  if (vendors) return vendors;
  if (status === 404 && endpoint === "tiktok.events") {
    return { code: "HTTP 404", message: "TikTok's paths end with a slash: without it there is nothing." };
  }
  if (status >= 400) return { code: `HTTP ${status}`, message: said(answer) };
  // Nothing is taken from these calls, and files are no JSON.
  if (endpoint === "tiktok.business" && typeof answer !== "string") return undefined;
  // Meta says so to a question too, which has no events.
  if (events > 0 || (isObject(answer) && answer.success === true)) return undefined;
  const isTag = endpoint === "tiktok.pixel" || endpoint === "meta.pixel";
  if (isTag)
    return { code: "no event", message: "The report has no pixel id or no event name: the tag's endpoint ignores it." };
  return { code: `HTTP ${status}`, message: said(answer) };
}

function vendorsRefusal(answer: unknown): Refusal | undefined {
  if (!isObject(answer)) return undefined;
  if (isObject(answer.error)) {
    const { code, error_subcode: subcode, message, error_user_msg: detail } = answer.error;
    const words = [message, detail].filter((part) => typeof part === "string" && part !== "");
    return refusal(subcode === undefined ? String(code) : `${code}/${subcode}`, words.join(": "), metaPath);
  }
  if (typeof answer.code === "number" && answer.code !== 0) {
    return refusal(String(answer.code), String(answer.message ?? ""), tikTokPath);
  }
  return undefined;
}

function refusal(code: string, words: string, readPath: (words: string) => Refusal["path"]): Refusal {
  const message = words.slice(0, MAX_MESSAGE);
  const path = readPath(message);
  return { code: code.slice(0, 40), message, ...(path && { path }) };
}

function said(answer: unknown): string {
  if (typeof answer !== "string") return "The answer says nothing more.";
  if (answer.trimStart().startsWith("<")) return "The answer is a page of HTML, not the vendor's JSON.";
  return answer.slice(0, MAX_MESSAGE);
}

/** `$['data'][0]['user_data']['em']` */
function metaPath(message: string): Refusal["path"] {
  const found = /\$((?:\[(?:'[^']*'|\d+)\])+)/.exec(message)?.[1];
  return found === undefined
    ? undefined
    : [...found.matchAll(/\[(?:'([^']*)'|(\d+))\]/g)].map(([, key, index]) => key ?? Number(index));
}

/** `Batch.0.properties.contents.0.content_id`, where Batch is the body's `data`; or a key of the body. */
function tikTokPath(message: string): Refusal["path"] {
  const batch = /^Batch\.([\w.]+):/.exec(message)?.[1];
  if (batch !== undefined)
    return ["data", ...batch.split(".").map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
  const key = /^([a-z_]+): /.exec(message)?.[1];
  return key === undefined ? undefined : [key];
}
