import { describe, expect, it } from "vitest";
import { emailHash, envelope, pixelEvent } from "./batch.js";
import { collectOne } from "./collected.js";

const withContext = (context: object) => pixelEvent("1", { context: { ...pixelEvent("1").context, ...context } });

describe("what a page may not say", () => {
  it.each<[string, object]>([
    ["context.ip", withContext({ ip: "6.6.6.6" })],
    ["context.userAgent", withContext({ userAgent: "forged" })],
    ["context.ad", withContext({ ad: { callback: "forged", attributed: true } })],
    [
      "context.messaging",
      withContext({ messaging: { channel: "whatsapp", businessAccountId: "1", clickId: "forged" } }),
    ],
    ["context.lead", withContext({ lead: { tiktok: "forged" } })],
    ["context.store", withContext({ store: { code: "forged" } })],
    ["context.facebookLoginId", withContext({ facebookLoginId: "forged" })],
    ["context.subscriptionId", withContext({ subscriptionId: "forged" })],
    ["context.attributionOnly", withContext({ attributionOnly: true })],
    ["context.app", withContext({ app: { id: "forged" } })],
    ["context.device", withContext({ device: { platform: "ios", osVersion: "18", advertisingId: "forged" } })],
    ["consent", pixelEvent("1", { consent: { advertising: true, onBehalfOf: "forged" } })],
    ["consent", pixelEvent("1", { consent: { advertising: true, people: [{ advertising: true }] } })],
    ["matchKeys", pixelEvent("1", { matchKeys: { meta: { em: emailHash, client_ip_address: "6.6.6.6" } } })],
    ["matchKeys", pixelEvent("1", { matchKeys: { tiktok: { email: "ada@forged.example" } } })],
    ["matchKeys", pixelEvent("1", { matchKeys: { snap: { em: "forged" } } })],
    ["user", pixelEvent("1", { user: { email: "ada@forged.example" } })],
  ])("%s is left out, counted and told", async (claim, event) => {
    const { reply, events, claims } = await collectOne({ body: envelope(event) });
    expect(reply.accepted).toEqual(["1"]);
    expect(claims).toEqual({ [claim]: 1 });
    expect(reply.issues).toMatchObject([{ id: "1", issues: [{ path: claim, severity: "warning" }] }]);
    expect(JSON.stringify(events)).not.toMatch(/forged|6\.6\.6\.6/);
    expect(JSON.stringify(reply)).not.toMatch(/forged|6\.6\.6\.6/);
  });

  it.each(["store", "crm", "email", "phone_call", "chat", "messaging", "other", "system_generated", "offline"])(
    "the source %s refuses the event, is counted and told",
    async (source) => {
      const { reply, events, claims } = await collectOne({ body: envelope(withContext({ source }), pixelEvent("2")) });
      expect(claims).toEqual({ "context.source": 1 });
      expect(reply.accepted).toEqual(["2"]);
      expect(reply.rejected).toMatchObject([{ id: "1", issues: [{ path: "context.source", severity: "error" }] }]);
      expect(events).toHaveLength(1);
    },
  );

  it("is counted once a batch, with how many events said it", async () => {
    const events = Array.from({ length: 50 }, (_, index) => ({ ...withContext({ ip: "6.6.6.6" }), id: `${index}` }));
    expect((await collectOne({ body: envelope(...events, pixelEvent("clean")) })).claims).toEqual({ "context.ip": 50 });
  });

  it("is nothing of what a page or an app's web view says by right", async () => {
    const app = pixelEvent("2", {
      context: {
        source: "app",
        app: { id: "com.example.shop" },
        device: { platform: "android", osVersion: "15" },
        clicks: {},
      },
      consent: { advertising: true, advertiserTracking: true, applicationTracking: false, limitedDataUse: true },
    });
    const { claims, reply } = await collectOne({ body: envelope(pixelEvent("1"), app) });
    expect([claims, reply.issues]).toEqual([{}, []]);
  });

  it("is nothing in what is no event at all", async () => {
    const { claims } = await collectOne({
      body: envelope(null, 1, "x", [], { context: [], consent: 1, matchKeys: "x", user: null }),
    });
    expect(claims).toEqual({});
  });
});
