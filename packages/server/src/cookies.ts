import { type Clicks, chooseFbc, chooseTtclid, isFbCookie } from "@beaconry/core";
import { clickIdForm } from "@beaconry/core/internal";

/** Only so much of a `Cookie` header is read: more than any server in front lets through. */
const longestHeader = 65_536;

/**
 * The value of a cookie in a `Cookie` header (RFC 6265, section 4.2), as it is; of several with the same name the
 * first, which has the longest path.
 */
export function readCookie(header: string | null, name: string): string | undefined {
  for (const pair of (header ?? "").slice(0, longestHeader).split(";")) {
    const cut = pair.indexOf("=");
    if (cut !== -1 && pair.slice(0, cut).trim() === name) return pair.slice(cut + 1).trim() || undefined;
  }
  return undefined;
}

/**
 * The vendors' ids in a request's cookies, and the click that a landing address names. What has not the vendors' form
 * is left out.
 * @param landing the click ids in the page's address
 * @param now ms
 */
export function readClickCookies(
  header: string | null,
  landing: { readonly fbclid?: string; readonly ttclid?: string },
  now: number,
): Clicks {
  const fbp = readCookie(header, "_fbp");
  const ttp = readCookie(header, "_ttp");
  return {
    fbc: chooseFbc(readCookie(header, "_fbc"), landing.fbclid, now),
    fbp: fbp !== undefined && isFbCookie(fbp) ? fbp : undefined,
    ttclid: chooseTtclid(readCookie(header, "ttclid"), landing.ttclid),
    ttp: ttp !== undefined && clickIdForm.test(ttp) ? ttp : undefined,
  };
}
