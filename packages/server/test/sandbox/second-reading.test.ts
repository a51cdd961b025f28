import { type PropertiesOf, standardEvents } from "@beaconry/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTracker, type EventContext, metaAppEvents, metaConversions, tiktokEvents } from "../../src/index.js";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";

// The sandbox was written from the vendors' documents, apart from the code that builds events for them. Here the two
// readings meet: every standard event, from every source, with all a person can have.

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());

const address = { ip: "168.212.226.204", userAgent: "Mozilla/5.0", locale: "en-US" };
const contexts: readonly EventContext[] = [
  {
    source: "web",
    page: { url: "https://shop.example/thanks", referrer: "https://search.example/" },
    clicks: { fbp: "fb.1.1558571054389.1098115397", ttclid: "E.C.P.abc", ttp: "a".repeat(27) },
    ...address,
  },
  {
    source: "app",
    app: { id: "com.shop.app", storeId: "1234567890", name: "Shop", version: "1.0" },
    device: {
      ...{ platform: "ios", osVersion: "17.0", model: "iPhone15,2", locale: "en_US", timeZone: "Europe/Paris" },
      ...{ advertisingId: "EA7583CD-A667-48BC-B806-42ECB2B48606", anonId: "XZ1", vendorId: "v" },
    },
    ...address,
  },
  { source: "store" },
  { source: "crm", lead: { tiktok: "7", crm: "HubSpot" } },
  { source: "email" },
  { source: "chat" },
];
const properties: PropertiesOf<"Purchase"> = {
  ...{ currency: "EUR", value: 21.97, contents: [{ id: "1234", quantity: 2, price: 9.99 }] },
  ...{ orderId: "order-7", searchString: "shoes", numItems: 2, description: "d" },
  ...{ level: "3", maxRatingValue: 5, success: true, paymentInfoAvailable: true, registrationMethod: "email" },
  contentType: "product",
  deliveryCategory: "home_delivery",
};
const user = {
  ...{ email: "ada@example.com", phone: "+12133734253", firstName: "Ada", lastName: "Lovelace", gender: "f" },
  ...{ birthDate: "1990-01-02", city: "New York", state: "NY", zip: "10001", country: "US", externalId: "u-1" },
};
const consent = { advertising: true, advertiserTracking: true, applicationTracking: true, limitedDataUse: true };

test("nothing is refused, and what is warned of is known", async () => {
  const baseUrl = sandbox.url;
  await using tracker = createTracker({
    destinations: [
      tiktokEvents({
        ...{ pixelCode: "C0FFEEC0FFEEC0FFEE00", appId: "77", offlineEventSetId: "88", crmEventSetId: "99" },
        ...{ accessToken: "t", baseUrl },
      }),
      metaConversions({
        ...{ datasetId: "1", accessToken: "t", appSecret: "s", baseUrl },
        sources: ["web", "app", "store", "crm", "email", "chat"],
      }),
      metaAppEvents({ appId: "2", appSecret: "s", baseUrl }),
    ],
  });
  const names = Object.keys(standardEvents) as "Purchase"[];
  for (const context of contexts) {
    for (const name of names) await tracker.track(name, properties, { user, consent, context });
  }
  await tracker.flush();
  const refused = sandbox.requests().filter(({ events }) => events === 0);
  expect(refused.map(({ answer }) => answer)).toEqual([]);
  // TikTok takes four sources, the Conversions API six, App Events one.
  expect(sandbox.events()).toHaveLength(names.length * 11);
  const warnings = sandbox.events().flatMap((event) => event.warnings.map((text) => `${event.endpoint}: ${text}`));
  expect([...new Set(warnings)]).toEqual([
    // Sent on purpose: nothing else could tell a repeat, should TikTok look at it.
    "tiktok.events: event_id is not a field of app events: it is ignored",
    // Not all of these names are standard ones of TikTok's.
    "tiktok.events: offline events take standard names only",
  ]);
});
