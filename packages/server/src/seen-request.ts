import { isPublic, readAddress } from "./client-ip/address.js";
import { readForwarded } from "./client-ip/forwarded.js";
import type { Trusts } from "./client-ip/trust.js";
import { clientIp } from "./client-ip.js";

/** What a request says beside its body. A Fetch API `Request` is one. */
export interface RequestHead {
  readonly method: string;
  /** The whole address, as the server sees it. */
  readonly url: string;
  readonly headers: {
    /** @param name in lower case */
    get(name: string): string | null;
  };
}

/** What the adapter of a server knows and a request does not say. */
export interface RequestInfo {
  /**
   * The address of whoever is at the other end of the connection: the socket's own, or the one that the platform
   * vouches for. Without it no address is sent on, unless `trustProxy` trusts by hops.
   */
  remoteAddress?: string | undefined;
}

/** Whom to believe about a request. */
export interface ProxyTrust {
  readonly trusts: Trusts;
  /** The header that tells the client's address, in lower case. */
  readonly clientIpHeader: string;
}

/** The client as the request itself and the trusted proxies show it. */
export interface Client {
  /** The public address; absent where it can not be known. */
  readonly ip?: string;
  /** At most 1,024 characters. */
  readonly userAgent?: string;
}

/** Longer than any browser's. */
const longestUserAgent = 1_024;

/** Who is asking. */
export function seenClient({ headers }: RequestHead, { remoteAddress }: RequestInfo, trust: ProxyTrust): Client {
  const address = clientIp(remoteAddress, headers.get(trust.clientIpHeader), trust.trusts, trust.clientIpHeader);
  return {
    ip: address && isPublic(address) ? address.toString() : undefined,
    userAgent: headers.get("user-agent")?.slice(0, longestUserAgent) || undefined,
  };
}

/**
 * The address under which the client asked: on `https` where a trusted proxy says so (`Forwarded` where that is the
 * header in use, else the first value of `X-Forwarded-Proto`), on the host of the `Host` header; `http://localhost/` where
 * the client's `Host` makes none.
 */
export function seenUrl({ url, headers }: RequestHead, { remoteAddress }: RequestInfo, trust: ProxyTrust): URL {
  const given = URL.canParse(url) ? url : "http://localhost/";
  const { protocol, host, pathname, search } = new URL(given);
  const own = `${protocol}//${headers.get("host") ?? host}${pathname}${search}`;
  const seen = new URL(URL.canParse(own) ? own : given);
  if (!trust.trusts(readAddress(remoteAddress ?? ""), 0)) return seen;
  const scheme =
    trust.clientIpHeader === "forwarded"
      ? readForwarded(headers.get("forwarded") ?? "")?.[0]?.proto
      : headers.get("x-forwarded-proto")?.split(",")[0]?.trim().toLowerCase();
  if (scheme === "http" || scheme === "https") seen.protocol = `${scheme}:`;
  return seen;
}
