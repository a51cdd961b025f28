import { createHmac } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { createTracker, metaAppEvents, metaConversions, tiktokEvents } from "../../src/index.js";
import { appContext, consent, webContext } from "../shop.js";

describe("requests as the vendors take them", () => {
  it("TikTok: trailing slash, Access-Token without Bearer, envelope around the events", async () => {
    const destination = tiktokEvents({
      pixelCode: "C0PIXELCODE000000000",
      accessToken: "tt-token",
    });
    expect(destination.request("web TEST1", ['{"event":"A"}', '{"event":"B"}'])).toEqual({
      url: "https://business-api.tiktok.com/open_api/v1.3/event/track/",
      headers: { "Content-Type": "application/json", "Access-Token": "tt-token" },
      body: '{"event_source":"web","event_source_id":"C0PIXELCODE000000000","partner_name":"Beaconry","test_event_code":"TEST1","data":[{"event":"A"},{"event":"B"}]}',
    });
  });

  it("Conversions API: versioned path, token in the header", () => {
    const destination = metaConversions({ datasetId: "123", accessToken: "meta-token" });
    expect(destination.request("TEST2", ['{"event_name":"A"}'])).toEqual({
      url: "https://graph.facebook.com/v26.0/123/events",
      headers: { "Content-Type": "application/json", Authorization: "Bearer meta-token" },
      body: '{"data":[{"event_name":"A"}],"test_event_code":"TEST2"}',
    });
  });

  it("App Events: a form, the app's token in it, the device's address as X-Forwarded-For", async () => {
    const destination = metaAppEvents({ appId: "456", appSecret: "secret" });
    const group = JSON.stringify({
      device: { event: "CUSTOM_APP_EVENTS", anon_id: "XZ1", advertiser_tracking_enabled: "1" },
      forwardedFor: "2001:db8::1",
    });
    const { url, headers, body } = await destination.request(group, ['{"_eventName":"A"}', '{"_eventName":"B"}']);
    expect(url).toBe("https://graph.facebook.com/v26.0/456/activities");
    expect(headers).toEqual({
      "Content-Type": "application/x-www-form-urlencoded",
      "X-Forwarded-For": "2001:db8::1",
    });
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      event: "CUSTOM_APP_EVENTS",
      anon_id: "XZ1",
      advertiser_tracking_enabled: "1",
      custom_events: '[{"_eventName":"A"},{"_eventName":"B"}]',
      access_token: "456|secret",
    });
  });

  it("Conversions API: appsecret_proof, as Node's own HMAC has it", async () => {
    const destination = metaConversions({ datasetId: "123", accessToken: "meta-token", appSecret: "app-secret" });
    const expected = createHmac("sha256", "app-secret").update("meta-token").digest("hex");
    for (const testCode of ["", "TEST2"]) {
      const { body } = await destination.request(testCode, ['{"event_name":"A"}']);
      expect(JSON.parse(body)).toEqual({
        data: [{ event_name: "A" }],
        ...(testCode && { test_event_code: testCode }),
        appsecret_proof: expected,
      });
      expect(body).not.toContain("app-secret");
    }
  });

  it("the version and the host are options; a path of the host's is kept, ids stay within theirs", async () => {
    const baseUrl = "https://relay.example:8443/vendors/";
    const conversions = metaConversions({ datasetId: "1/../2?x", accessToken: "t", version: "v27.0", baseUrl });
    expect((await conversions.request("", [])).url).toBe(
      "https://relay.example:8443/vendors/v27.0/1%2F..%2F2%3Fx/events",
    );
    const appEvents = metaAppEvents({ appId: "456", appSecret: "s", version: "v25.0", baseUrl });
    const group = JSON.stringify({ device: {}, forwardedFor: "" });
    expect((await appEvents.request(group, [])).url).toBe("https://relay.example:8443/vendors/v25.0/456/activities");
    const tiktok = tiktokEvents({ pixelCode: "C", accessToken: "t", baseUrl: "https://sandbox-ads.tiktok.com" });
    expect((await tiktok.request("web", [])).url).toBe("https://sandbox-ads.tiktok.com/open_api/v1.3/event/track/");
  });

  it("contacts the vendors' hosts and no other, whatever they answer", async () => {
    const elsewhere = vi.spyOn(globalThis, "fetch").mockRejectedValue(new Error("not to be called"));
    const origins = new Set<string>();
    const tracker = createTracker({
      destinations: [
        tiktokEvents({ pixelCode: "C", accessToken: "t" }),
        metaConversions({ datasetId: "1", accessToken: "t" }),
        metaAppEvents({ appId: "1", appSecret: "s" }),
      ],
      backoff: { base: 1, cap: 1 },
      transport: async ({ url }) => {
        origins.add(new URL(url).origin);
        return { status: 302, headers: new Headers({ location: "https://elsewhere.example" }), body: "" };
      },
    });
    for (const context of [webContext, appContext(1)]) {
      for (let count = 0; count < 5; count++) await tracker.track("Contact", {}, { context, consent });
    }
    await tracker.close({ timeout: 100 });
    expect(origins).toEqual(new Set(["https://business-api.tiktok.com", "https://graph.facebook.com"]));
    expect(elsewhere).not.toHaveBeenCalled();
    elsewhere.mockRestore();
  });

  it("App Events: whatever a device's field holds goes as a form has it", async () => {
    const destination = metaAppEvents({ appId: "456", appSecret: "a&b=c" });
    const device = { event: "CUSTOM_APP_EVENTS", install_referrer: "a=b&c=d+e f/é\ud800", extinfo: '["a2","x"]' };
    const { body } = await destination.request(JSON.stringify({ device, forwardedFor: "" }), ['{"a":"\\ud800&"}']);
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({
      event: "CUSTOM_APP_EVENTS",
      install_referrer: "a=b&c=d+e f/é\ufffd",
      extinfo: '["a2","x"]',
      custom_events: '[{"a":"\\ud800&"}]',
      access_token: "456|a&b=c",
    });
  });

  it("options: unknown ones, missing ones and wrong addresses are named, tokens never repeated", () => {
    expect(() => tiktokEvents({ pixelCode: "C", accesToken: "secret-1" } as never)).toThrow(
      /tiktokEvents: accesToken is unknown/,
    );
    expect(() => tiktokEvents({ pixelCode: "C", accessToken: "" })).toThrow(
      /accessToken is an empty text, accepted is a text/,
    );
    // As read from a file.
    expect(() => tiktokEvents({ pixelCode: "C", accessToken: "secret-1\n" })).toThrow(
      /^(?!.*secret-1).*accessToken is a text that does not fit, accepted is a text without spaces and line breaks/,
    );
    expect(() => metaAppEvents({ appId: "1", appSecret: " " })).toThrow(/appSecret/);
    expect(() => tiktokEvents({ accessToken: "secret-1" })).toThrow(/at least pixelCode/);
    expect(() => metaConversions({ datasetId: "1", accessToken: 5 as never })).toThrow(
      /accessToken is a number that does not fit/,
    );
    for (const baseUrl of [
      "file:///etc",
      "https://user:pass@a.example",
      "https://a.example?b",
      "https://a.example#b",
      "//a",
    ]) {
      expect(() => metaAppEvents({ appId: "1", appSecret: "s", baseUrl })).toThrow(/baseUrl/);
    }
    expect(() => tiktokEvents({ pixelCode: "C", accessToken: "secret-1", baseUrl: "secret-1" })).toThrow(
      /^(?!.*secret-1).*baseUrl/,
    );
  });
});
