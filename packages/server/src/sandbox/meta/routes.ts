import { type Answer, type Call, header, type Route } from "../http-call.js";
import { filledString, isObject, type JsonObject, parseJson } from "../json.js";
import type { TokenCheck } from "../tokens.js";
import { readAppEvents, readParameters } from "./app-events.js";
import { readConversions } from "./conversions.js";
import { errorAnswer, invalid, subcodes, tokenAnswer, traceId } from "./errors.js";
import type { EventNames } from "./event-names.js";
import { readForm } from "./form.js";
import { readMetaPixel } from "./pixel.js";

interface Dependencies {
  readonly checkToken: TokenCheck;
  readonly names: EventNames;
  readonly now: () => number;
}

/** A transparent image of one pixel. */
const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

/** The Graph answer to a path or method it does not have: error 100 with subcode 33, here as HTTP 404. */
export const noSuchObject: Answer = {
  ...errorAnswer(invalid("There is nothing at this address for this method", subcodes.noSuchObject)),
  status: 404,
};

function conversions(call: Call, { checkToken, now }: Dependencies): Answer {
  if (call.method !== "POST") return noSuchObject;
  const parsed = readBody(call);
  const fromBody = isObject(parsed) ? filledString(parsed.access_token) : undefined;
  const token = checkToken(fromBody ?? call.url.searchParams.get("access_token") ?? bearer(call));
  if (token !== "good") return { ...tokenAnswer(token), parsed };
  const result = readConversions(parsed, call.captured[0] ?? "", now());
  if ("code" in result) return { ...errorAnswer(result), parsed };
  const body = { events_received: result.length, messages: [], fbtrace_id: traceId() };
  return { status: 200, body, parsed, arrivals: result };
}

function bearer(call: Call): string | undefined {
  return /^Bearer (.+)$/i.exec(header(call, "authorization") ?? "")?.[1];
}

/** A JSON body, or a form whose `data` is a JSON list, of objects or of JSON texts of objects. */
function readBody(call: Call): unknown {
  if (!isForm(call)) return parseJson(call.body) ?? call.body;
  const form = readForm(new URLSearchParams(call.body));
  const data = typeof form.data === "string" ? parseJson(form.data) : undefined;
  if (!Array.isArray(data)) return form;
  return { ...form, data: data.map((event: unknown) => (typeof event === "string" ? parseJson(event) : event)) };
}

function appEvents(call: Call, { checkToken, names }: Dependencies): Answer {
  if (call.method !== "POST") return noSuchObject;
  // Whether this endpoint takes a JSON body or a Bearer header is not known, so the sandbox does not.
  const form = new URLSearchParams(isForm(call) ? call.body : "");
  const fields = readParameters(readForm(call.url.searchParams, form));
  const parsed = isForm(call) || call.body === "" ? fields : { ...fields, body: call.body };
  const token = checkToken(filledString(fields.access_token));
  if (token !== "good") return { ...tokenAnswer(token), parsed };
  const { access_token: _, ...parameters } = fields;
  const appId = call.captured[0] ?? "";
  const result = readAppEvents({ appId, parameters, forwardedFor: header(call, "x-forwarded-for") });
  if ("code" in result) return { ...errorAnswer(result), parsed };
  const named = parameters.event === "CUSTOM_APP_EVENTS" ? result.map((event) => event.name) : [];
  if (!names.add(appId, named)) return { ...errorAnswer(invalid("This app has 1,000 event names")), parsed };
  return { status: 200, body: { success: true }, parsed, arrivals: result };
}

function isForm(call: Call): boolean {
  return (header(call, "content-type") ?? "").startsWith("application/x-www-form-urlencoded");
}

function beacon(call: Call): Answer {
  const fields: JsonObject = readForm(call.url.searchParams);
  const arrival = readMetaPixel(fields);
  return {
    status: 200,
    headers: { "content-type": "image/gif", "cache-control": "no-store" },
    body: GIF,
    parsed: fields,
    arrivals: arrival ? [arrival] : [],
  };
}

export function metaRoutes(dependencies: Dependencies): readonly Route[] {
  return [
    {
      pattern: /^\/v\d+\.\d\/([^/]+)\/events$/,
      endpoint: "meta.conversions",
      handle: (call) => conversions(call, dependencies),
    },
    {
      pattern: /^(?:\/v\d+\.\d)?\/([^/]+)\/activities$/,
      endpoint: "meta.appEvents",
      handle: (call) => appEvents(call, dependencies),
    },
    { pattern: /^\/tr\/?$/, endpoint: "meta.pixel", cors: true, handle: beacon },
  ];
}
