/** A text, which is passed over, or a number. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * JSON in which whole numbers that JavaScript would round are texts. TikTok's ids have 19 digits, and some of its answers
 * and webhooks have them without quotation marks.
 */
export function quoteLongNumbers(json: string): string {
  return json.replace(token, (text) =>
    /^-?\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text)) ? `"${text}"` : text,
  );
}
