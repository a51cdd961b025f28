import { internationalDigits } from "./international-digits.js";
import { inAsciiDigits, visible } from "./text.js";

/**
 * Turns a national number into E.164 (`+16505551212`), or `undefined` when it is no number of that country.
 * `parsePhone` of `@beaconry/core/phone` is one.
 * @param country ISO 3166-1 alpha-2, lower case
 */
export type ParsePhone = (text: string, country: string) => string | undefined;

const extension = /(?:;ext=|\s*(?:ext\.?|x|#))\s*\d{1,9}$/i;

/**
 * The prefix of most countries. What has 0 or 1 after "001" is no number of North America, whose area codes begin higher:
 * it is Australia's prefix, "0011", which `parsePhone` reads by the person's country.
 */
const dialledFromAbroad = /^00(?!1[01])/;

/** What most numbers look like: nothing has to be cleared away first. */
const plain = /^\+[\d ().-]{1,39}$/;

/** In ASCII's digits and signs, without `tel:` and without an extension; `""` when something else is in it. */
function asWritten(text: string): string {
  const written = visible(inAsciiDigits(text)).replace(/^tel:/i, "").replace(extension, "");
  return /^[+\d\s().\-/\u2010-\u2015]{1,40}$/.test(written) ? written : "";
}

/**
 * E.164 without its plus. A number that starts with `+` or `00` says its country itself; any other needs the person's
 * country and `parsePhone`, and gives `""` without them: a country code is never invented.
 */
export function normalizePhone(text: string, country: string, parsePhone: ParsePhone | undefined): string {
  const isPlain = plain.test(text);
  const written = isPlain ? text : asWritten(text);
  // The "(0)" in "+44 (0)7911 …" is dialled only inside the country.
  const digits = written.replace("(0)", "").replace(/\D+/g, "");
  const hasPlus = isPlain || /^\(?\+/.test(written);
  const international = hasPlus ? digits : dialledFromAbroad.test(digits) ? digits.slice(2) : undefined;
  if (international !== undefined) return internationalDigits(international);
  return (country && parsePhone?.(written, country)?.replace(/^\+/, "")) || "";
}
