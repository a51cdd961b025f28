/** A `\ud…` that `JSON.stringify` has written: it writes halves of a character so, whole ones as they are. */
const halfCharacter = /(?<!\\)((?:\\\\)*)\\ud[89a-f][\da-f]{2}/g;

/**
 * The value as JSON that every parser reads. Half a character, which a text has that was cut within an emoji, becomes
 * U+FFFD, as in UTF-8: what else it does is left to the parser (RFC 8259, section 8.2), and a strict one refuses the
 * request, with all its other events.
 */
export function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes("\\ud") ? text.replace(halfCharacter, "$1\ufffd") : text;
}
