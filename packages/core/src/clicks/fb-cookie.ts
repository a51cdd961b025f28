/** What Meta's cookies `_fbc` and `_fbp` say. */
export interface FbCookie {
  /** The domain level at which the cookie sits: `0` for `com`, `1` for `example.com`, `2` for `www.example.com`. */
  readonly subdomainIndex: number;
  /** When the click happened (`_fbc`) or the browser was first seen (`_fbp`), ms. */
  readonly createdAt: number;
  /** The `fbclid`, case kept, or the browser's number. */
  readonly value: string;
  /** The fifth part, with which Meta's parameter builder signs its own. */
  readonly appendix?: string;
}

/** A click id is at most 500 characters long: Meta's own client ignores longer ones. */
const fbCookie = /^fb\.(\d)\.(\d{10,16})\.([\w%-]{1,500})(?:\.([\w%-]{1,64}))?$/;

/** Meta's index of the domain level at which the cookie sits: `1` for `example.com`, and where no cookie was set. */
const subdomainIndex = 1;

const day = 86_400_000;

/** Meta's life of the cookie: a click is let go after it. */
const clickLife = 90 * day;

/** The cookie's whole, its level, time, value and appendix; nothing of a value of any other form. */
function partsOf(value: string | undefined): readonly (string | undefined)[] {
  return (typeof value === "string" && fbCookie.exec(value)) || [];
}

/** Reads `_fbc` or `_fbp`, of four parts or of five; `undefined` for a value of any other form. */
export function parseFbCookie(value: string): FbCookie | undefined {
  const [, index, createdAt, id, appendix] = partsOf(value);
  if (id === undefined) return undefined;
  return { subdomainIndex: Number(index), createdAt: Number(createdAt), value: id, ...(appendix && { appendix }) };
}

/** Whether a cookie's value has the form of `_fbc` or `_fbp`, of four parts or of five. */
export function isFbCookie(value: string | undefined): value is string {
  return partsOf(value).length > 0;
}

/**
 * The `_fbc` to use: the stored one as long as it stands for the same click, a new one for a new `fbclid`. A stored
 * click of the future (beyond a day, which clocks may be wrong by) is not believed. One older than 90 days is let go,
 * unless the landing names the same click again: then it stays, with its own time, and is not made a fresh one.
 * @param now milliseconds: the time of the landing
 */
export function chooseFbc(stored: string | undefined, fbclid: string | undefined, now: number): string | undefined {
  const [, , createdAt, click] = partsOf(stored);
  // Not a number where nothing is stored.
  const age = now - Number(createdAt);
  const isSame = age >= -day && click === fbclid;
  const fresh = `fb.${subdomainIndex}.${Math.floor(now)}.${fbclid}`;
  if (fbclid && !isSame && isFbCookie(fresh)) return fresh;
  return isSame || (age >= -day && age <= clickLife) ? stored : undefined;
}

/**
 * The `_fbp` to use: the stored one as it is, of whatever age, since it names the browser; a new one where there is
 * none, or a damaged one.
 * @param now milliseconds
 * @param random a whole number from 0 to 2,147,483,646
 */
export function chooseFbp(stored: string | undefined, now: number, random: number): string {
  return isFbCookie(stored) ? stored : mintFbp(now, random);
}

/**
 * A new `_fbp`, as Meta's script writes it.
 * @param now milliseconds
 * @param random a whole number from 0 to 2,147,483,646
 */
export function mintFbp(now: number, random: number): string {
  return `fb.${subdomainIndex}.${Math.floor(now)}.${Math.floor(random)}`;
}
