// Tells both vendors of a day's receipts: `node report-sales.ts receipts.ndjson`, for cron. Ends with 1 when something is left.
import { open } from "node:fs/promises";
import { readReceipt } from "./receipt.ts";
import { tracker } from "./tracker.ts";

const [path] = process.argv.slice(2);
if (!path) throw new Error("usage: node report-sales.ts <file>");

const counts = { told: 0, known: 0, notAllowed: 0, wrong: 0 };
const file = await open(path);
let number = 0;
for await (const line of file.readLines()) {
  number += 1;
  try {
    const { receipt, store, time, currency, total, items, customer } = readReceipt(line);
    if (customer?.allowsAdvertising !== true) {
      counts.notAllowed += 1;
      continue;
    }
    // Tills count their receipts store by store.
    const sale = `${store}-${receipt}`;
    const { queued, duplicate, issues } = await tracker.track(
      "Purchase",
      {
        currency,
        value: total,
        orderId: sale,
        contentType: "product",
        contents: items.map(({ sku, quantity, price }) => ({ id: sku, quantity, price })),
      },
      {
        id: sale, // the same file read again within an hour tells nobody twice
        time: time === "now" ? Date.now() : new Date(time),
        user: { email: customer.email, phone: customer.phone },
        context: { source: "store", store: { code: store } },
        consent: { advertising: true },
      },
    );
    counts[queued.length > 0 ? "told" : duplicate.length > 0 ? "known" : "wrong"] += 1;
    for (const { severity, path, message } of issues) {
      if (severity === "error") console.error(`line ${number}: ${path}: ${message}`);
    }
  } catch (error) {
    // Not its words: a receipt is of a person.
    counts.wrong += 1;
    console.error(`line ${number}: ${(error as Error).name}`);
  }
}

const { pending, dead } = await tracker.close({ timeout: 60_000 });
console.log({ ...counts, pending, dead });
process.exit(pending > 0 || dead > 0 || counts.wrong > 0 ? 1 : 0);
