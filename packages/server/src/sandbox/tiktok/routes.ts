import { type Answer, type Call, header, type Route } from "../http-call.js";
import { parseJson } from "../json.js";
import { mediaType } from "../read-form.js";
import type { Arrival } from "../received.js";
import type { TokenCheck, TokenState } from "../tokens.js";
import { envelope, tokenAnswer } from "./answers.js";
import type { CallRate } from "./call-rate.js";
import { readTikTokEvents } from "./events.js";
import { readPixelBatch, readPixelTrack } from "./older-events.js";
import { readTikTokPixel } from "./pixel.js";
import type { TikTokRefusal } from "./refusal.js";

interface Dependencies {
  readonly checkToken: TokenCheck;
  readonly rate: CallRate;
  readonly now: () => number;
}

type Read = (body: unknown, now: number) => TikTokRefusal | readonly Arrival[];

const RATE_LIMITED = 40100;
const INVALID = 40002;

function takeEvents(call: Call, read: Read, { checkToken, rate, now }: Dependencies): Answer {
  const parsed = call.body === "" ? undefined : (parseJson(call.body) ?? call.body);
  const token = header(call, "access-token");
  const state = stateOf(token, checkToken);
  // Seen in August 2026: also a GET without a token is answered 200 with 40104.
  if (state !== "good") return { ...tokenAnswer(state), parsed };
  if (call.method !== "POST") return { status: 405, body: "405 method not allowed", parsed };
  const exceeded = rate.take(token ?? "", now());
  if (exceeded !== undefined) return envelope(RATE_LIMITED, exceeded, { parsed });
  // TikTok's document requires the header; what a call without it is answered is not documented.
  if (mediaType(header(call, "content-type")) !== "application/json") {
    return envelope(INVALID, "The Content-Type must be application/json", { parsed });
  }
  const result = read(parsed, now());
  if ("code" in result) return envelope(result.code, result.message, { parsed });
  return envelope(0, "OK", { parsed, arrivals: result });
}

/** TikTok's header takes the token alone: with "Bearer" before it, it is another, wrong one. */
function stateOf(token: string | undefined, checkToken: TokenCheck): TokenState {
  return /^bearer /i.test(token ?? "") ? "bad" : checkToken(token);
}

function pixelReport(call: Call): Answer {
  if (call.method !== "POST") return { status: 405, body: "405 method not allowed" };
  const parsed = parseJson(call.body) ?? call.body;
  const arrival = readTikTokPixel(parsed);
  return { status: 200, body: {}, parsed, arrivals: arrival ? [arrival] : [] };
}

/** Of this endpoint for the journal's sake: whoever forgot the slash finds the request there. */
function noSlash(call: Call): Answer {
  return { status: 404, body: "404 page not found", parsed: parseJson(call.body) ?? call.body };
}

export function tikTokRoutes(dependencies: Dependencies): readonly Route[] {
  const events = (path: string, read: Read): Route => ({
    pattern: new RegExp(`^/open_api/v1\\.3/${path}/$`),
    endpoint: "tiktok.events",
    handle: (call) => takeEvents(call, read, dependencies),
  });
  return [
    events("event/track", readTikTokEvents),
    events("pixel/track", readPixelTrack),
    events("pixel/batch", readPixelBatch),
    // The trailing slash is mandatory.
    {
      pattern: /^\/open_api\/v1\.3\/(?:event\/track|pixel\/(?:track|batch))$/,
      endpoint: "tiktok.events",
      handle: noSlash,
    },
    { pattern: /^\/api\/v2\/pixel$/, endpoint: "tiktok.pixel", cors: true, handle: pixelReport },
  ];
}
