/** The vendors' first-party ids of a browser and of the advertisement clicked. Never hashed, case kept. */
export interface Clicks {
  /** Meta's click id, `fb.1.<ms>.<fbclid>`, from the cookie `_fbc`. */
  fbc?: string;
  /** Meta's browser id, `fb.1.<ms>.<number>`, from the cookie `_fbp`. */
  fbp?: string;
  /** TikTok's click id, from the landing address; kept 30 days. */
  ttclid?: string;
  /** TikTok's browser id, from the cookie `_ttp`. */
  ttp?: string;
}

/**
 * The form of a click id: what a cookie can hold as it is (RFC 6265, cookie-octet), at most 500 characters, since
 * Meta's own client ignores longer ones.
 */
export const clickIdForm = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,500}$/;

/**
 * The click ids in a landing address, decoded, case kept. A missing, empty, over-long or undecodable one is left out.
 * Takes a full address or just its query.
 */
export function readClickIds(url: string): { fbclid?: string; ttclid?: string } {
  return { fbclid: queryValue(url, "fbclid"), ttclid: queryValue(url, "ttclid") };
}

function queryValue(url: string, name: string): string | undefined {
  try {
    // To the value's end: a part of a click id is none.
    const raw = new RegExp(`[?&]${name}=([^&#]{1,1500})(?:[&#]|$)`).exec(url)?.[1] ?? "";
    const value = decodeURIComponent(raw.replaceAll("+", " ")).trim();
    return clickIdForm.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
