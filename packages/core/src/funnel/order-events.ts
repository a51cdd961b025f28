/** Events that are orders, unless the caller names others. */
export const orderEvents: readonly string[] = ["Purchase", "Subscribe"];
