/** An e-mail address, also encoded for a URL. */
const address = /[^\s"'<>,;:()[\]{}=]+(?:@|%40)[^\s"'<>,;:()[\]{}]+/gi;
/** Long runs with a digit in them: tokens, hashes, advertising ids. Names of fields have none. */
const token = /(?=[\w|%-]*\d)[\w|%-]{24,}/g;
/** A telephone number, or a long id. */
const digits = /\+?\d(?:[ ().-]{0,2}\d){7,}/g;
/** An IP address. */
const ip = /\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[\da-f]{0,4}:){3,}[\da-f]{0,4}/gi;

/** Shorter ones are a sandbox's tokens, and would mask parts of words. */
const shortestSecret = 4;

/**
 * A vendor's words as they may be shown and stored: what looks like a token, a hash, an address or a number of a person
 * is masked, and so is each of the secrets of four characters and more, whatever it looks like. At most 500 characters.
 */
export function vendorWords(text: unknown, secrets: readonly string[] = []): string {
  // Where a text is due, there may be anything that JSON can hold.
  let words = (typeof text === "string" ? text : (JSON.stringify(text ?? undefined) ?? "")).slice(0, 2_000);
  for (const secret of secrets) if (secret.length >= shortestSecret) words = words.replaceAll(secret, "…");
  for (const pattern of [address, token, ip, digits]) words = words.replace(pattern, "…");
  return words.slice(0, 500);
}
