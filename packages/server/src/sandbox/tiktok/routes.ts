import { randomUUID } from "node:crypto";
import { type Answer, type Call, header, type Route } from "../http-call.js";
import { parseJson } from "../json.js";
import type { TokenCheck, TokenState } from "../tokens.js";
import { readTikTokEvents } from "./events.js";
import { readTikTokPixel } from "./pixel.js";

/** Token errors; the sandbox knows the three that a client can meet without OAuth. */
const tokenErrors: Readonly<Record<Exclude<TokenState, "good">, readonly [code: number, message: string]>> = {
  missing: [40104, "Access token is empty"],
  bad: [40105, "Access token is incorrect or has been revoked"],
  expired: [40102, "Access token has expired"],
};

/** HTTP 200 for every application error: `code` decides. */
function envelope(code: number, message: string, more: Pick<Answer, "parsed" | "arrivals"> = {}): Answer {
  return { status: 200, body: { code, message, request_id: randomUUID(), data: {} }, ...more };
}

function trackEvents(call: Call, checkToken: TokenCheck): Answer {
  const parsed = call.body === "" ? undefined : (parseJson(call.body) ?? call.body);
  const token = checkToken(header(call, "access-token"));
  // Seen in August 2026: also a GET without a token is answered 200 with 40104.
  if (token !== "good") return envelope(...tokenErrors[token], { parsed });
  if (call.method !== "POST") return { status: 405, body: "405 method not allowed", parsed };
  const result = readTikTokEvents(parsed);
  if ("code" in result) return envelope(result.code, result.message, { parsed });
  return envelope(0, "OK", { parsed, arrivals: result });
}

function pixelReport(call: Call): Answer {
  if (call.method !== "POST") return { status: 405, body: "405 method not allowed" };
  const parsed = parseJson(call.body) ?? call.body;
  const arrival = readTikTokPixel(parsed);
  return { status: 200, body: {}, parsed, arrivals: arrival ? [arrival] : [] };
}

export function tikTokRoutes(checkToken: TokenCheck): readonly Route[] {
  return [
    // The trailing slash is mandatory: without it, 404.
    {
      pattern: /^\/open_api\/v1\.3\/event\/track\/$/,
      endpoint: "tiktok.events",
      handle: (call) => trackEvents(call, checkToken),
    },
    { pattern: /^\/api\/v2\/pixel$/, endpoint: "tiktok.pixel", cors: true, handle: pixelReport },
  ];
}
