import { type Consent, consentFromGpc, type EventContext, type Page, readClickIds } from "@beaconry/core";
import { toPageAddress } from "@beaconry/core/internal";
import { readClickCookies } from "./cookies.js";
import { type ProxyTrust, type RequestHead, type RequestInfo, seenClient, seenUrl } from "./seen-request.js";

/** What `tracker.fromRequest` can not see for itself. */
export interface FromRequestOptions extends RequestInfo {
  /**
   * What the person allowed, from where you keep it. A browser has no header for it, so that without this no event goes
   * anywhere. `readConsent` reads what a page has sent along.
   */
  consent?: Consent;
  /** The page on which it happens, where neither the request's address nor its `Referer` is that. */
  page?: Page;
}

/** What surrounds a request, as `track` takes it. */
export interface RequestFacts {
  readonly context: EventContext;
  readonly consent: Consent;
}

/**
 * Reads a web request of a person's browser, without its body:
 * - the page: for a navigation by GET the request's own address, with `Referer` as its referrer; for a form or a call by
 *   script the page that made it, which is the `Referer` where that is of the same host, else the request's own address.
 *   E-mail addresses in them become `[email]`, as the pixel does;
 * - the public IP address, as far as `trustProxy` reaches, and the user agent;
 * - the cookies `_fbp`, `_fbc`, `_ttp`, `ttclid`, and the click ids in the page's address, which win when they are new;
 * - the locale that `Accept-Language` likes best;
 * - `limitedDataUse` where `Sec-GPC` is `1` and the consent given says nothing of it.
 *
 * Never throws for what a request holds; what is malformed is left out.
 * @param now ms
 */
export function readRequest(
  request: RequestHead,
  { consent: given, page, ...info }: FromRequestOptions,
  trust: ProxyTrust,
  now: number,
): RequestFacts {
  const { headers } = request;
  const consent = given ?? {};
  const seen = page ?? readPage(request, seenUrl(request, info, trust));
  return {
    context: {
      source: "web",
      page: seen,
      ...seenClient(request, info, trust),
      locale: readLocale(headers.get("accept-language") ?? ""),
      clicks: readClickCookies(headers.get("cookie"), readClickIds(seen.url), now),
    },
    consent: {
      ...consent,
      limitedDataUse: consent.limitedDataUse ?? consentFromGpc(headers.get("sec-gpc")).limitedDataUse,
    },
  };
}

function readPage({ method, headers }: RequestHead, own: URL): Page {
  const referer = pageAddress(headers.get("referer"));
  const address = toPageAddress(own.href);
  // https://www.w3.org/TR/fetch-metadata/#sec-fetch-mode-header; browsers before it have only the method to tell by.
  const isNavigation = method === "GET" && (headers.get("sec-fetch-mode") ?? "navigate") === "navigate";
  if (isNavigation) return { url: address, ...(referer && { referrer: referer.text }) };
  return { url: referer?.host === own.host ? referer.text : address };
}

function pageAddress(text: string | null): { readonly host: string; readonly text: string } | undefined {
  if (text === null || !URL.canParse(text)) return undefined;
  const { protocol, host, href } = new URL(text);
  return /^https?:$/.test(protocol) ? { host, text: toPageAddress(href) } : undefined;
}

/** The first language tag of those with the highest weight (RFC 9110, section 12.5.4), in the form of BCP 47. */
function readLocale(header: string): string | undefined {
  let best: { readonly tag: string; readonly weight: number } | undefined;
  for (const entry of header.slice(0, 1_000).split(",")) {
    const [, tag, q] = /^\s*([a-z]{2,8}(?:-[a-z\d]{1,8}){0,3})\s*(?:;\s*q=([\d.]{1,5})\s*)?$/i.exec(entry) ?? [];
    const weight = q === undefined ? 1 : Number(q);
    if (tag !== undefined && weight <= 1 && weight > (best?.weight ?? 0)) best = { tag, weight };
  }
  return best?.tag;
}
