/**
 * Browsers allow 64 KiB for all bodies that are to outlive the page, of `keepalive` and `sendBeacon` together
 * (Fetch standard, "HTTP-network-or-cache fetch"). Below it, in bytes, for others' use.
 */
const mostBytes = 60 * 1024;

const encoder = new TextEncoder();

/** The body of one request, and how many of the items are in it. */
export interface Batch {
  readonly body: string;
  readonly count: number;
}

/**
 * An envelope of as many of the first items as fit into one request. No items when the first alone is too large.
 * @param sentAt milliseconds
 */
export function cutBatch<Item>(
  items: readonly Item[],
  toJson: (item: Item) => string,
  maxEvents: number,
  sentAt: number,
): Batch {
  const head = `{"sentAt":${sentAt},"events":[`;
  const texts: string[] = [];
  let bytes = head.length + 2;
  for (const item of items.slice(0, maxEvents)) {
    const text = toJson(item);
    bytes += encoder.encode(text).length + 1;
    if (bytes > mostBytes) break;
    texts.push(text);
  }
  return { body: `${head}${texts}]}`, count: texts.length };
}
