import { describe, expect, it } from "vitest";
import { metaAppEvents, metaConversions, tiktokEvents } from "../../src/index.js";

describe("requests as the vendors take them", () => {
  it("TikTok: trailing slash, Access-Token without Bearer, envelope around the events", () => {
    const destination = tiktokEvents({
      pixelCode: "C0PIXELCODE000000000",
      accessToken: "tt-token",
      testEventCode: "TEST1",
    });
    expect(destination.request("web", ['{"event":"A"}', '{"event":"B"}'])).toEqual({
      url: "https://business-api.tiktok.com/open_api/v1.3/event/track/",
      headers: { "Content-Type": "application/json", "Access-Token": "tt-token" },
      body: '{"event_source":"web","event_source_id":"C0PIXELCODE000000000","partner_name":"Beaconry","test_event_code":"TEST1","data":[{"event":"A"},{"event":"B"}]}',
    });
  });

  it("Conversions API: versioned path, token in the header", () => {
    const destination = metaConversions({ datasetId: "123", accessToken: "meta-token", testEventCode: "TEST2" });
    expect(destination.request("", ['{"event_name":"A"}'])).toEqual({
      url: "https://graph.facebook.com/v26.0/123/events",
      headers: { "Content-Type": "application/json", Authorization: "Bearer meta-token" },
      body: '{"data":[{"event_name":"A"}],"test_event_code":"TEST2"}',
    });
  });

  it("App Events: a form, the app's token in it, the device's address as X-Forwarded-For", () => {
    const destination = metaAppEvents({ appId: "456", appSecret: "secret" });
    const group = JSON.stringify({
      device: { event: "CUSTOM_APP_EVENTS", anon_id: "XZ1", advertiser_tracking_enabled: "1" },
      forwardedFor: "2001:db8::1",
    });
    const { url, headers, body } = destination.request(group, ['{"_eventName":"A"}', '{"_eventName":"B"}']);
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

  it("options: unknown ones, missing ones and wrong addresses are named, tokens never repeated", () => {
    expect(() => tiktokEvents({ pixelCode: "C", accesToken: "secret-1" } as never)).toThrow(
      /tiktokEvents: accesToken is unknown/,
    );
    expect(() => tiktokEvents({ pixelCode: "C", accessToken: "" })).toThrow(
      /accessToken is an empty text, accepted is a text/,
    );
    expect(() => tiktokEvents({ accessToken: "secret-1" })).toThrow(/at least pixelCode/);
    expect(() => metaConversions({ datasetId: "1", accessToken: 5 as never })).toThrow(
      /accessToken is a number that does not fit/,
    );
    expect(() => metaAppEvents({ appId: "1", appSecret: "s", baseUrl: "file:///etc" })).toThrow(/baseUrl/);
    expect(() => tiktokEvents({ pixelCode: "C", accessToken: "secret-1", baseUrl: "secret-1" })).toThrow(
      /^(?!.*secret-1).*baseUrl/,
    );
  });
});
