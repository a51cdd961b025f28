import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import {
  appForm,
  EMAIL_HASH,
  EXTINFO,
  metaEvent,
  NOW,
  tikTokBody,
  tikTokEvent,
  toApp,
  toMeta,
  toTikTok,
} from "./calls.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
let now = NOW;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ now: () => now });
});
beforeEach(() => {
  now = NOW;
  sandbox.reset();
});
afterAll(() => sandbox.close());

const later = (time: number) => {
  now += time;
};
const outcomes = () => sandbox.events().map((event) => `${event.side} ${event.outcome}`);

describe("TikTok", () => {
  const server = (more: Record<string, unknown> = {}) => toTikTok(sandbox, tikTokBody([tikTokEvent(more)]));
  const browser = (more: Record<string, unknown> = {}) =>
    fetch(`${sandbox.url}/api/v2/pixel`, {
      method: "POST",
      body: JSON.stringify({ pixel_code: "C0FFEEC0FFEEC0FFEE00", event: "AddToCart", event_id: "e-1", ...more }),
    });

  test("both sides within 5 minutes are merged into the first", async () => {
    await server();
    later(4 * MINUTE);
    await browser();
    expect(outcomes()).toEqual(["server counted", "browser deduplicated"]);
    expect(sandbox.events().map((event) => event.merged)).toEqual([undefined, true]);
  });

  test("after 5 minutes the second is dropped", async () => {
    await browser();
    later(6 * MINUTE);
    await server();
    expect(outcomes()).toEqual(["browser counted", "server deduplicated"]);
    expect(sandbox.events()[1]?.merged).toBeUndefined();
  });

  test("one side's copies, up to 48 hours after the first", async () => {
    await server();
    later(24 * HOUR);
    await server();
    later(24 * HOUR);
    await server();
    expect(outcomes()).toEqual(["server counted", "server deduplicated", "server counted"]);
  });

  test("copies within one request", async () => {
    await toTikTok(sandbox, tikTokBody([tikTokEvent(), tikTokEvent()]));
    expect(outcomes()).toEqual(["server counted", "server deduplicated"]);
  });

  test.each([
    ["event", { event: "Purchase" }],
    ["case of the event", { event: "addtocart" }],
    ["event_id", { event_id: "e-2" }],
  ])("another %s is another event", async (_, more) => {
    await server();
    await server(more);
    expect(outcomes()).toEqual(["server counted", "server counted"]);
  });

  test("another source is another event", async () => {
    await server();
    await toTikTok(sandbox, tikTokBody([tikTokEvent()], { event_source_id: "OTHER" }));
    expect(outcomes()).toEqual(["server counted", "server counted"]);
  });

  test("apps' events, for which TikTok lists no event_id", async () => {
    const app = { page: undefined, app: { app_id: "com.shop.app" } };
    for (let copy = 0; copy < 2; copy++) {
      await toTikTok(sandbox, tikTokBody([tikTokEvent(app)], { event_source: "app" }));
    }
    expect(outcomes()).toEqual(["server counted", "server counted"]);
  });

  test("a page view without id always counts", async () => {
    await browser({ event: "Pageview", event_id: undefined });
    await browser({ event: "Pageview", event_id: undefined });
    expect(outcomes()).toEqual(["browser counted", "browser counted"]);
  });
});

describe("Meta", () => {
  const server = (more: Record<string, unknown> = {}) =>
    toMeta(sandbox, [metaEvent({ event_time: Math.floor(now / 1000), ...more })]);
  const browser = (query = "id=1234567890&ev=AddToCart&eid=e-1") => fetch(`${sandbox.url}/tr?${query}`);

  test("the browser's copy is favoured within 5 minutes, even when second", async () => {
    await server();
    later(4 * MINUTE);
    await browser();
    expect(outcomes()).toEqual(["server deduplicated", "browser counted"]);
    await server();
    await browser();
    expect(outcomes().slice(2)).toEqual(["server deduplicated", "browser deduplicated"]);
  });

  test("after that the first is kept, for 48 hours", async () => {
    await server();
    later(6 * MINUTE);
    await browser();
    later(48 * HOUR);
    await browser();
    expect(outcomes()).toEqual(["server counted", "browser deduplicated", "browser counted"]);
  });

  test("the browser first", async () => {
    await browser();
    await server();
    expect(outcomes()).toEqual(["browser counted", "server deduplicated"]);
  });

  test("another name, id or pixel is another event", async () => {
    await server();
    await server({ event_id: "e-2" });
    await browser("id=1234567890&ev=ViewContent&eid=e-1");
    await browser("id=777&ev=AddToCart&eid=e-1");
    await browser("id=1234567890&ev=AddToCart");
    expect(sandbox.events().every((event) => event.outcome === "counted")).toBe(true);
  });

  describe("without ids", () => {
    const fbp = "fb.1.1558571054389.1098115397";
    const bare = (user: Record<string, unknown>, more: Record<string, unknown> = {}) =>
      server({ event_id: undefined, user_data: { client_user_agent: "x", ...user }, ...more });
    const browserBare = (query: string) => browser(`id=1234567890&ev=AddToCart&${query}`);

    test.each([
      ["browser id", { fbp }, `fbp=${fbp}`],
      ["external id", { external_id: ["u-1"] }, "ud[external_id]=u-1"],
    ])("the server's copy is known by the %s, when the browser's came first", async (_, user, query) => {
      await browserBare(query);
      later(47 * HOUR);
      await bare(user);
      await bare(user);
      later(HOUR);
      await bare(user);
      expect(outcomes()).toEqual([
        ...["browser counted", "server deduplicated", "server deduplicated", "server counted"],
      ]);
    });

    test("nothing is known by it the other way round, nor within a side", async () => {
      await bare({ fbp });
      await bare({ fbp });
      await browserBare(`fbp=${fbp}`);
      await browserBare(`fbp=${fbp}`);
      expect(sandbox.events().every((event) => event.outcome === "counted")).toBe(true);
    });

    test("another person, name or pixel is another event, and so is one with an id", async () => {
      await browserBare(`fbp=${fbp}`);
      await bare({ fbp: `${fbp}1` });
      await bare({ fbp }, { event_name: "ViewContent" });
      await bare({ fbp }, { event_id: "e-1" });
      await browser(`id=777&ev=ViewContent&fbp=${fbp}`);
      await bare({ fbp }, { event_name: "ViewContent" });
      expect(sandbox.events().every((event) => event.outcome === "counted")).toBe(true);
    });
  });

  test("store events are compared with each other only, by order", async () => {
    const store = (order: string) =>
      server({ action_source: "physical_store", event_time: NOW / 1000, custom_data: { order_id: order } });
    await browser();
    await store("o-1");
    later(6 * DAY);
    await store("o-1");
    await store("o-2");
    expect(outcomes()).toEqual(["browser counted", "server counted", "server deduplicated", "server counted"]);
  });

  test("app events by id and name, per app", async () => {
    await toApp(sandbox, appForm());
    await toApp(sandbox, appForm());
    await toApp(sandbox, appForm({ access_token: "99|secret" }), { path: "/99/activities" });
    expect(outcomes()).toEqual(["server counted", "server deduplicated", "server counted"]);
  });

  test("one install per device in 90 days", async () => {
    const install = (more: Record<string, string | undefined> = {}) =>
      toApp(sandbox, appForm({ event: "MOBILE_APP_INSTALL", custom_events: undefined, ...more }));
    await install({ anon_id: "XZ1" });
    later(89 * DAY);
    await install({ advertiser_id: undefined, anon_id: "XZ1" });
    await install({ advertiser_id: "another" });
    later(2 * DAY);
    await install({ anon_id: "XZ1" });
    expect(outcomes()).toEqual(["server counted", "server deduplicated", "server counted", "server counted"]);
  });

  test("an install by the Conversions API, by its device", async () => {
    const extinfo = EXTINFO;
    const install = (user_data: Record<string, unknown>) =>
      server({
        ...{ event_name: "MobileAppInstall", event_id: undefined, action_source: "app", user_data },
        app_data: { advertiser_tracking_enabled: 1, extinfo },
      });
    await install({ madid: "38400000-8cf0-11bd-b23e-10b96e40000d", anon_id: "XZ1" });
    later(89 * DAY);
    await install({ anon_id: "XZ1" });
    await install({ anon_id: "XZ2" });
    expect(outcomes()).toEqual(["server counted", "server deduplicated", "server counted"]);
  });

  test("devices without an advertising id are not one device", async () => {
    const none = "00000000-0000-0000-0000-000000000000";
    const install = (anon: string) =>
      toApp(
        sandbox,
        appForm({ event: "MOBILE_APP_INSTALL", advertiser_id: none, anon_id: anon, "ud[em]": EMAIL_HASH }),
      );
    await install("XZ1");
    await install("XZ2");
    expect(outcomes()).toEqual(["server counted", "server counted"]);
  });
});
