import { type Answer, type Call, header, type Route } from "../http-call.js";
import type { JsonObject } from "../json.js";
import { readQuery } from "../read-form.js";
import { redactText } from "../redact.js";
import type { TokenCheck } from "../tokens.js";
import { readAppEvents, readParameters } from "./app-events.js";
import { claimBody } from "./claims.js";
import { readConversions } from "./conversions.js";
import { deprecatedAnswer, errorAnswer, invalid, jsonPath, permissionAnswer, traceId } from "./errors.js";
import type { EventNames } from "./event-names.js";
import { byName } from "./form.js";
import { readAnyCall, readBodyAsSent, readFormCall, refuseCaller, refuseProof } from "./graph-call.js";
import { readMetaPixel } from "./pixel.js";
import { isExpired } from "./versions.js";

interface Dependencies {
  readonly checkToken: TokenCheck;
  readonly names: EventNames;
  /** The secret by which calls to the Conversions API must be proved; none is asked for without it. */
  readonly appSecret: string | undefined;
  /** Ids of the apps that are answered with claims. */
  readonly mmpApps: readonly string[];
  readonly now: () => number;
}

const tooManyNames = invalid(`Param "${jsonPath(["custom_events"])}" has a name beyond the 1,000 that an app may have`);

/** A transparent image of one pixel. */
const GIF = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

function conversions(call: Call, { checkToken, appSecret, now }: Dependencies): Answer {
  const [version = "", ...captured] = call.captured;
  const graphCall = readAnyCall({ ...call, captured });
  const { parameters, id } = graphCall;
  const parsed = readBodyAsSent(call);
  const refused =
    refuseCaller(graphCall, checkToken) ??
    (isExpired(version, now()) ? deprecatedAnswer(version) : undefined) ??
    refuseProof(graphCall, appSecret, appSecret !== undefined);
  if (refused) return { ...refused, parsed };
  const result = readConversions(parameters, id, now());
  if ("code" in result) return { ...errorAnswer(result), parsed };
  const body = { events_received: result.length, messages: [], fbtrace_id: traceId() };
  return { status: 200, body, parsed, arrivals: result };
}

function appEvents(call: Call, { checkToken, names, mmpApps, now }: Dependencies): Answer {
  // Whether this endpoint takes a JSON body or a Bearer header is not known, so the sandbox does not.
  const graphCall = readFormCall(call);
  const { id, token = "" } = graphCall;
  const all = readParameters(graphCall.parameters);
  const { access_token: _token, appsecret_proof: _proof, ...parameters } = all;
  const parsed = call.form || call.body === "" ? all : { ...all, body: redactText(call.body) };
  const [, tokenApp, secret] = /^(\d+)\|(.+)$/.exec(token) ?? [];
  const refused =
    refuseCaller(graphCall, checkToken) ??
    (tokenApp !== undefined && tokenApp !== id ? permissionAnswer("The token is another app's") : undefined) ??
    refuseProof(graphCall, secret);
  if (refused) return { ...refused, parsed };
  const result = readAppEvents({ appId: id, parameters, forwardedFor: header(call, "x-forwarded-for") });
  if ("code" in result) return { ...errorAnswer(result), parsed };
  const named = parameters.event === "CUSTOM_APP_EVENTS" ? result.map((event) => event.name) : [];
  if (!names.add(id, named)) return { ...errorAnswer(tooManyNames), parsed };
  const isClaimed = result.length > 0 && mmpApps.includes(id);
  return { status: 200, body: isClaimed ? claimBody(parameters, now()) : { success: true }, parsed, arrivals: result };
}

function beacon(call: Call): Answer {
  const fields: JsonObject = byName(readQuery(call.url.search.slice(1)) ?? []);
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
      pattern: /^\/(v\d+\.\d)\/([^/]+)\/events$/,
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
