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

/** Longest click id that is believed; Meta's own client ignores longer ones. */
const longestClickId = 500;

/** Meta's index of the domain level at which the cookie sits: `1` for `example.com`, and where no cookie was set. */
const subdomainIndex = 1;

const fbCookie = /^fb\.\d\.\d{10,16}\.[\w.%-]{1,600}$/;

/** Whether a cookie's value has the form of `_fbc` or `_fbp`, of four parts or of five. */
export function isFbCookie(value: string): boolean {
  return value.length <= 700 && fbCookie.test(value);
}

/**
 * The click ids in a landing address, decoded, case kept. A missing, empty, over-long or undecodable one is left out.
 * Takes a full address or just its query.
 */
export function readClickIds(url: string): { fbclid?: string; ttclid?: string } {
  return { fbclid: queryValue(url, "fbclid"), ttclid: queryValue(url, "ttclid") };
}

function queryValue(url: string, name: string): string | undefined {
  const raw = new RegExp(`[?&]${name}=([^&#]{1,1500})`).exec(url)?.[1];
  if (!raw) return undefined;
  try {
    const value = decodeURIComponent(raw.replaceAll("+", " ")).trim();
    return value && value.length <= longestClickId && !/[\s;,]/.test(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The `_fbc` to use: the stored one as long as it stands for the same click, a new one for a new `fbclid`.
 * @param now milliseconds: the time of the landing
 */
export function chooseFbc(stored: string | undefined, fbclid: string | undefined, now: number): string | undefined {
  const kept = stored !== undefined && isFbCookie(stored) ? stored : undefined;
  if (!fbclid || kept?.split(".")[3] === fbclid) return kept;
  return `fb.${subdomainIndex}.${Math.floor(now)}.${fbclid}`;
}

/**
 * A new `_fbp`, as Meta's script writes it.
 * @param now milliseconds
 * @param random a whole number from 0 to 2,147,483,646
 */
export function mintFbp(now: number, random: number): string {
  return `fb.${subdomainIndex}.${Math.floor(now)}.${Math.floor(random)}`;
}
