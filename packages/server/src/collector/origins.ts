import type { RequestHead } from "../seen-request.js";

/**
 * The CORS headers for a request's `Origin`, or `undefined` when that origin is not allowed. A request without an
 * origin comes from no other page, and a page's own host is always allowed.
 */
export function corsHeaders(request: RequestHead, allowed: readonly string[]): Record<string, string> | undefined {
  const origin = request.headers.get("origin");
  if (origin === null) return {};
  if (origin === "null" && isOwnPage(request)) return {};
  if (!allowed.includes(origin) && !isOwnHost(origin, request)) return undefined;
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "Retry-After",
    Vary: "Origin",
  };
}

/**
 * A beacon of a page with the policy `no-referrer` hides its origin, from its own host too
 * (https://fetch.spec.whatwg.org/#append-a-request-origin-header). What `Sec-Fetch-Site` says no page can choose.
 */
function isOwnPage({ headers }: RequestHead): boolean {
  return headers.get("sec-fetch-site") === "same-origin";
}

/** Hosts alone are compared, without default ports: behind a proxy that ends TLS the schemes differ. */
function isOwnHost(origin: string, request: RequestHead): boolean {
  if (!URL.canParse(origin)) return false;
  const host = request.headers.get("host") ?? new URL(request.url).host;
  // As browsers write both, it is the same text.
  if (origin === `https://${host}` || origin === `http://${host}`) return true;
  const page = new URL(origin);
  const own = `${page.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === page.host;
}
