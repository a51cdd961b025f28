// Type-checked in the project of somebody who has installed the packages: what runs on a server, with every entry.
import { createServer } from "node:http";
import { checkEvent, createEvent, standardEvents } from "@beaconry/core";
import { funnelReport } from "@beaconry/core/funnel";
import { toConversion } from "@beaconry/core/meta";
import { parsePhone } from "@beaconry/core/phone";
import { toTikTokEvent } from "@beaconry/core/tiktok";
import { createTracker, type Destination, metaConversions, type Tracker, tiktokEvents } from "@beaconry/server";
import { isBot } from "@beaconry/server/bots";
import { jetstreamOutbox } from "@beaconry/server/jetstream";
import { collectHandler, fromNodeRequest } from "@beaconry/server/node";
import { postgresOutbox } from "@beaconry/server/postgres";
import { createSandbox } from "@beaconry/server/sandbox";
import { sqliteOutbox } from "@beaconry/server/sqlite";
import * as tiktokBusiness from "@beaconry/server/tiktok-business";
import { undiciTransport } from "@beaconry/server/undici";
import "@beaconry/server/vitest";

const destinations: Destination[] = [
  tiktokEvents({ pixelCode: "C0DEMO00000000000000", accessToken: "any" }),
  metaConversions({ datasetId: "1000000000001", accessToken: "any" }),
];
const tracker: Tracker = createTracker({
  destinations,
  outbox: sqliteOutbox({ path: "beaconry.db" }),
  transport: undiciTransport(),
  collector: { isBot },
});
createServer(collectHandler(tracker));
createServer((request, response) => {
  // What Node and an environment give may be undefined, also where `exactOptionalPropertyTypes` minds.
  const { remoteAddress } = request.socket;
  void tracker.collect(new Request("https://shop.example/collect"), { remoteAddress });
  void tracker.fromRequest(new Request("https://shop.example/"), { remoteAddress });
  void fromNodeRequest(tracker, request, { consent: { advertising: true } });
  void tiktokBusiness.leadForwarder({
    url: "https://crm.example/leads",
    secret: "sixteen characters and more",
    outbox: sqliteOutbox({ path: "leads.db" }),
    encryptionKey: process.env.LEADS_KEY,
  });
  response.end();
});

export const event = createEvent(
  "Purchase",
  { currency: "EUR", value: 21.97 },
  { id: "order-7", time: 0, consent: { advertising: true }, context: { source: "web" } },
);
export const checked = [
  checkEvent(event, "tiktok", { now: 0 }),
  toConversion(event),
  toTikTokEvent(event, { parsePhone }),
];
export const rest = [standardEvents.Purchase.meta, funnelReport, jetstreamOutbox, postgresOutbox, createSandbox];
export { tiktokBusiness };

// @ts-expect-error a purchase needs a currency
void tracker.track("Purchase", { value: 21.97 }, { consent: { advertising: true }, context: { source: "web" } });
// @ts-expect-error no such option
tiktokEvents({ pixelCode: "C0DEMO00000000000000", accessToken: "any", token: "any" });
