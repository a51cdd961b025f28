import type { SandboxEndpoint } from "../received.js";
import type { FaultKind, MetaLimitCode, TikTokLimitCode } from "./fault.js";

interface FaultKindRow {
  /** What it does, in a sentence. */
  readonly meaning: string;
  /** Where it can be set. */
  readonly endpoints: readonly SandboxEndpoint[];
}

const apis = ["tiktok.events", "meta.conversions", "meta.appEvents"] as const;
const everywhere = ["tiktok.pixel", "tiktok.events", "meta.pixel", "meta.conversions", "meta.appEvents"] as const;

/** Every kind of fault: what it does, and the endpoints that can answer so. */
export const faultKinds: Readonly<Record<FaultKind, FaultKindRow>> = {
  latency: { meaning: "The request is handled as usual, but later.", endpoints: everywhere },
  rateLimit: { meaning: "The vendor's limit of calls is reached.", endpoints: apis },
  serverError: { meaning: "A fault of the vendor's server, HTTP 5xx.", endpoints: everywhere },
  html: { meaning: "An HTML page where JSON is due.", endpoints: everywhere },
  cut: { meaning: "The connection ends without an answer.", endpoints: everywhere },
  slowBody: { meaning: "The answer's body comes in small pieces.", endpoints: everywhere },
  expiredToken: { meaning: "The access token has expired.", endpoints: apis },
  partialSuccess: {
    meaning: "TikTok takes the first half of the events and answers 20001.",
    endpoints: ["tiktok.events"],
  },
  answer: { meaning: "The answer that you give.", endpoints: everywhere },
};

export const tikTokLimitCodes: readonly TikTokLimitCode[] = [40016, 40100, 40132, 40133];
export const metaLimitCodes: readonly MetaLimitCode[] = [4, 17, 613, 80004];

/** Where a fault of this kind, and of this code where it is a limit, can be set. */
export function endpointsFor(kind: FaultKind, code?: unknown): readonly SandboxEndpoint[] {
  const { endpoints } = faultKinds[kind];
  if (kind !== "rateLimit") return endpoints;
  if (tikTokLimitCodes.some((known) => known === code)) return ["tiktok.events"];
  if (metaLimitCodes.some((known) => known === code)) return ["meta.conversions", "meta.appEvents"];
  return endpoints;
}
