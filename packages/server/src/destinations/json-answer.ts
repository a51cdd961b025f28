/** The object in a vendor's answer, or `undefined` for HTML and other junk that stands in front of an API at times. */
export function jsonAnswer(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A vendor's words, bounded; anything like a token or a hash in them is masked. */
export function vendorWords(text: unknown): string {
  return String(text ?? "")
    .replace(/[\w|-]{24,}/g, "…")
    .slice(0, 500);
}
