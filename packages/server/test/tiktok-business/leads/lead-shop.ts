// A program of its own, for tests that kill it: takes leads from TikTok and forwards them.
// node lead-shop.ts <port> <outbox file> <target> <secret path>; prints its port.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { leadHandler } from "../../../src/node/index.js";
import { sqliteOutbox } from "../../../src/sqlite/index.js";
import { leadForwarder, leadMapper, leadWebhook } from "../../../src/tiktok-business/index.js";

const [port = "0", path = "", url = "", secretPath = ""] = process.argv.slice(2);

const map = leadMapper();
const forwarder = leadForwarder({
  url,
  secret: "forward-secret-1234",
  outbox: sqliteOutbox({ path, deduplicationWindow: 4 * 86_400_000, lease: 500 }),
  backoff: { base: 20, cap: 100 },
});
const webhook = leadWebhook({
  appSecret: "app-secret-7",
  secretPath,
  requireSignature: true,
  onLeads: (leads) => forwarder.forward(leads.map(map)),
});
const server = createServer(leadHandler(webhook));
server.listen(Number(port), "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
