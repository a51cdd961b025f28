/** A receipt as the till exports it. */
export interface Receipt {
  receipt: string;
  store: string;
  /** ISO 8601 with its zone, or `now`. */
  time: string;
  currency: string;
  total: number;
  items: { sku: string; quantity: number; price: number }[];
  /** Who showed a loyalty card, and what they allowed when they signed up. */
  customer?: { email?: string; phone?: string; allowsAdvertising: boolean };
}

/** Reads a line of the export. Throws a SyntaxError for what is no receipt. */
export function readReceipt(line: string): Receipt {
  const given = JSON.parse(line) as Partial<Receipt> | null;
  const isReceipt =
    typeof given?.receipt === "string" &&
    typeof given.store === "string" &&
    typeof given.total === "number" &&
    typeof given.currency === "string" &&
    Array.isArray(given.items) &&
    (given.time === "now" || !Number.isNaN(Date.parse(given.time ?? "")));
  if (!isReceipt) throw new SyntaxError("no receipt");
  return given as Receipt;
}
