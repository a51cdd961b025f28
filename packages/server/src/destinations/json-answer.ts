/** The object in a vendor's answer, or `undefined` for HTML and other junk that stands in front of an API at times. */
export function jsonAnswer(body: string): Record<string, unknown> | undefined {
  try {
    // Servers that write a byte order mark in front are not to, but it may be ignored: RFC 8259, section 8.1.
    const value: unknown = JSON.parse(body.replace(/^\ufeff/, ""));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
