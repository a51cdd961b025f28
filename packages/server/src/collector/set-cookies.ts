import {
  chooseFbc,
  chooseTtclid,
  isFbCookie,
  parseFbCookie,
  permission,
  readClickIds,
  type TrackedEvent,
} from "@beaconry/core";
import { readCookie } from "../cookies.js";
import type { CookieOptions } from "./options.js";

/** Seconds. Meta's for its two (https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/fbp-and-fbc). */
const life = { meta: 90 * 86_400, tiktok: 30 * 86_400 } as const;

/** What is asked and where, as the client sees it. */
export interface CookieRequest {
  /** The collector's own address, by scheme and host as the client sees them. */
  readonly url: URL;
  /** The request's `Origin` and `Cookie`. */
  readonly origin: string | null;
  readonly cookie: string | null;
}

/** A landing's event that comes later than this, ms, may be older than the click that the browser has by now. */
const landingIsFresh = 30 * 60_000;

/**
 * The `Set-Cookie` values that keep a visitor's `_fbp`, `_fbc` and `ttclid`: a browser may end what a script has set
 * after seven days (Safari: https://webkit.org/tracking-prevention/), and keeps what a server sets as long as it is told.
 *
 * Only for web events whose consent allows advertising, and only where page and collector are of one site: the same
 * host, or both within the domain of the options. A cookie is set when the request has none or an older one, and
 * renewed by page views: `_fbp` for 90 days from then, `_fbc` for what is left of the 90 days since the click. `ttclid`
 * has no time in it: 30 days from the landing that names it, and not renewed after. HttpOnly is off, since the pixel
 * and the vendors' scripts read them. Values that have not the vendors' form are not set.
 * @param events those that were taken, in their order
 * @param now ms
 */
export function setCookies(
  events: readonly TrackedEvent[],
  { url, origin, cookie }: CookieRequest,
  { domain }: CookieOptions,
  now: number,
): string[] {
  const allowed = events.filter(
    ({ context, consent }) => context.source === "web" && permission(consent, "web").send === "allow",
  );
  if (allowed.length === 0 || !isOneSite(url, origin, domain)) return [];
  const before = {
    _fbp: readCookie(cookie, "_fbp"),
    _fbc: readCookie(cookie, "_fbc"),
    ttclid: readCookie(cookie, "ttclid"),
  };
  let fbp = fbForm(before._fbp);
  let fbc = chooseFbc(before._fbc, undefined, now);
  let ttclid = chooseTtclid(before.ttclid, undefined);
  let isLanding = false;
  for (const { context, time } of allowed) {
    const { clicks = {}, page } = context;
    fbp ??= fbForm(clicks.fbp);
    fbc = newerClick(fbc, chooseFbc(clicks.fbc, undefined, now));
    const named = readClickIds(page?.url ?? "").ttclid;
    const isFresh = named !== undefined && named === clicks.ttclid && now - time < landingIsFresh;
    if (isFresh) isLanding = true;
    ttclid = isFresh ? named : (ttclid ?? chooseTtclid(clicks.ttclid, undefined));
  }
  const isPageView = allowed.some(({ name }) => name === "PageView");
  const age = now - Math.min(createdAt(fbc), now);
  const line = (name: keyof typeof before, value: string | undefined, seconds: number, isRenewed: boolean) => {
    if (value === undefined || seconds <= 0 || (!isRenewed && value === before[name])) return [];
    const where = domain === undefined ? "" : `; Domain=${domain}`;
    const secure = url.protocol === "https:" ? "; Secure" : "";
    return [`${name}=${value}; Max-Age=${seconds}; Path=/${where}; SameSite=Lax${secure}`];
  };
  return [
    ...line("_fbp", fbp, life.meta, isPageView),
    ...line("_fbc", fbc, Math.floor(life.meta - age / 1_000), isPageView),
    ...line("ttclid", ttclid, life.tiktok, isLanding),
  ];
}

const fbForm = (value: string | undefined) => (value !== undefined && isFbCookie(value) ? value : undefined);

const createdAt = (fbc: string | undefined) => (fbc === undefined ? 0 : (parseFbCookie(fbc)?.createdAt ?? 0));

function newerClick(one: string | undefined, other: string | undefined): string | undefined {
  return createdAt(other) > createdAt(one) ? other : one;
}

/** Whether page and collector are of the same site, so that the cookies are first-party. A request says its page by `Origin`. */
function isOneSite({ hostname }: URL, origin: string | null, domain: string | undefined): boolean {
  const page = origin !== null && URL.canParse(origin) ? new URL(origin).hostname : undefined;
  if (page === undefined) return false;
  if (domain === undefined) return page === hostname;
  return [page, hostname].every((host) => host === domain || host.endsWith(`.${domain}`));
}
