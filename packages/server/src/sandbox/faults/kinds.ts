import type { SandboxEndpoint } from "../received.js";
import type { FaultKind, FaultScope, MetaLimitCode, TikTokLimitCode } from "./fault.js";

interface FaultKindRow {
  /** What it does, in a sentence. */
  readonly meaning: string;
  /** Where it can be set. */
  readonly endpoints: readonly SandboxEndpoint[];
}

const apis = ["tiktok.events", "tiktok.business", "meta.conversions", "meta.appEvents"] as const;
const everywhere = ["tiktok.pixel", "meta.pixel", ...apis] as const;

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

/** TikTok's limit for one pixel code, which its Business API has nothing of. */
const PIXEL_LIMIT = 40132;

/** Where a fault of this kind, of this code where it is a limit, and for this path, can be set. */
export function endpointsFor({
  kind,
  code,
  path,
}: { readonly kind: FaultKind; readonly code?: unknown } & Pick<FaultScope, "path">): readonly SandboxEndpoint[] {
  const { endpoints } = faultKinds[kind];
  return endpoints.filter((endpoint) => {
    if (path !== undefined && endpoint !== "tiktok.business") return false;
    if (kind !== "rateLimit") return true;
    if (code === PIXEL_LIMIT) return endpoint === "tiktok.events";
    if (tikTokLimitCodes.some((known) => known === code)) return endpoint.startsWith("tiktok.");
    return metaLimitCodes.some((known) => known === code) ? endpoint.startsWith("meta.") : true;
  });
}
