import { isBeaconryError } from "@beaconry/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import "../../src/vitest/index.js";
import {
  appForm,
  EMAIL_HASH,
  metaEvent,
  NAME_HASH,
  tikTokBody,
  tikTokEvent,
  toApp,
  toMeta,
  toTikTok,
} from "./calls.js";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
});
afterEach(() => sandbox.close());

const seconds = () => Math.floor(Date.now() / 1000);
const purchase = (more: Record<string, unknown> = {}) =>
  metaEvent({ event_name: "Purchase", event_id: "order-7", event_time: seconds(), ...more });
const toTag = (name: string, id: string) =>
  fetch(`${sandbox.url}/tr?id=1234567890&ev=${name}&eid=${id}&cd[value]=21.97&cd[currency]=EUR`);

/** What the assertion says when it fails. */
async function said(assertion: Promise<void>): Promise<string> {
  const error: unknown = await assertion.then(
    () => "it passed",
    (reason: unknown) => reason,
  );
  return error instanceof Error ? error.message : String(error);
}

describe("matches", () => {
  beforeEach(async () => {
    await toMeta(sandbox, [purchase()]);
    await toTag("Purchase", "order-7");
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ event: "Purchase", event_id: "order-7" })]));
  });

  it("on the name alone", async () => {
    await expect(sandbox).toHaveReceived("Purchase");
    await expect(sandbox).not.toHaveReceived("purchase");
    await expect(sandbox).not.toHaveReceived("AddToCart");
  });

  it.each([
    [
      { vendor: "meta", side: "server" },
      { vendor: "tiktok", side: "browser" },
    ],
    [{ id: "order-7" }, { id: "order-8" }],
    [
      { endpoint: "meta.pixel", outcome: "counted" },
      { endpoint: "meta.pixel", outcome: "deduplicated" },
    ],
    [
      { endpoint: "meta.conversions", outcome: "deduplicated" },
      { endpoint: "meta.conversions", outcome: "counted" },
    ],
    [{ sourceId: "C0FFEEC0FFEEC0FFEE00" }, { sourceId: "C0FFEE" }],
    [{ matchKeys: expect.arrayContaining(["em"]) }, { matchKeys: expect.arrayContaining(["ph"]) }],
    [{ matchKeys: ["client_ip_address", "client_user_agent", "em"] }, { matchKeys: ["em"] }],
    [
      { vendor: "tiktok", warnings: [] },
      { vendor: "tiktok", warnings: ["x"] },
    ],
    [{ payload: { user_data: { em: [EMAIL_HASH] } } }, { payload: { user_data: { em: [NAME_HASH] } } }],
    [{ properties: { value: 21.97, currency: "EUR" } }, { properties: { value: 21.97, currency: "USD" } }],
    // What a tag reports are texts.
    [
      { side: "browser", properties: { value: "21.97" } },
      { side: "browser", properties: { value: 21.97 } },
    ],
    [
      { vendor: "tiktok", properties: { contents: [{ content_id: "1234" }] } },
      { vendor: "tiktok", properties: { contents: [{ content_id: "1234" }, { content_id: "5" }] } },
    ],
    [{ properties: { value: expect.closeTo(21.97) } }, { properties: { value: expect.closeTo(22) } }],
    [{ id: expect.stringMatching(/^order-\d$/) }, { id: expect.stringMatching(/^item-\d$/) }],
  ] as const)("on %j and not on %j", async (right, wrong) => {
    await expect(sandbox).toHaveReceived("Purchase", right);
    await expect(sandbox).not.toHaveReceived("Purchase", wrong);
  });

  it("as many as asked, no fewer and no more", async () => {
    await expect(sandbox).toHaveReceived("Purchase", { times: 3 });
    await expect(sandbox).toHaveReceived("Purchase", { vendor: "meta", outcome: "counted", times: 1 });
    await expect(sandbox).toHaveReceived("AddToCart", { times: 0 });
    await expect(sandbox).not.toHaveReceived("Purchase", { times: 2 });
    expect(await said(expect(sandbox).toHaveReceived("Purchase", { times: 2 }))).toMatch(
      /^expected the sandbox to have received Purchase 2 times, but it came 3 times\n\nSuch came: 3 events:\n {2}meta\.con/,
    );
    expect(await said(expect(sandbox).toHaveReceived("Purchase", { times: 4, timeout: 1 }))).toMatch(/it came 3 times/);
    expect(await said(expect(sandbox).not.toHaveReceived("Purchase", { times: 3 }))).toMatch(
      /^expected the sandbox not to have received Purchase 3 times, but it did\n\nSuch came: 3 events/,
    );
  });
});

describe("names", () => {
  it("of the catalogue stand for the vendors' own, each for its vendor's", async () => {
    await toApp(sandbox, appForm({ custom_events: '[{"_eventName":"fb_mobile_purchase","_valueToSum":5}]' }));
    await toApp(sandbox, appForm({ event: "MOBILE_APP_INSTALL", custom_events: undefined }));
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ event: "Pageview" })]));
    await expect(sandbox).toHaveReceived("Purchase", { endpoint: "meta.appEvents", properties: { _valueToSum: 5 } });
    await expect(sandbox).toHaveReceived("fb_mobile_purchase");
    await expect(sandbox).toHaveReceived("MobileAppInstall");
    await expect(sandbox).toHaveReceived("PageView", { vendor: "tiktok" });
    await toMeta(sandbox, [purchase({ event_name: "Pageview" })]);
    await expect(sandbox).not.toHaveReceived("PageView", { vendor: "meta" });
    await toTikTok(
      sandbox,
      tikTokBody([tikTokEvent({ event: "LaunchAPP" }), tikTokEvent({ event: "fb_mobile_purchase" })]),
    );
    await expect(sandbox).toHaveReceived("ActivateApp", { vendor: "tiktok" });
    await expect(sandbox).not.toHaveReceived("Purchase", { vendor: "tiktok" });
  });

  it("of JavaScript's own objects are names like others", async () => {
    await expect(sandbox).not.toHaveReceived("constructor");
    await toTag("constructor", "1");
    await expect(sandbox).toHaveReceived("constructor");
  });
});

describe("waiting", () => {
  it("ends with the event", async () => {
    const waiting = expect(sandbox).toHaveReceived("Purchase", { times: 2, timeout: 60_000 });
    await toTag("Purchase", "1");
    await toTag("Purchase", "2");
    await waiting;
  });

  it("ends when another copy changes what became of the first", async () => {
    await toMeta(sandbox, [purchase()]);
    const server = { endpoint: "meta.conversions", outcome: "deduplicated", timeout: 60_000 } as const;
    const waiting = expect(sandbox).toHaveReceived("Purchase", server);
    await toTag("Purchase", "order-7");
    await waiting;
  });

  it("of .not is none, unless a timeout says so: then none may come in that time", async () => {
    await expect(sandbox).not.toHaveReceived("Purchase");
    await expect(sandbox).not.toHaveReceived("Purchase", { timeout: 20 });
    const waiting = said(expect(sandbox).not.toHaveReceived("Purchase", { timeout: 60_000 }));
    await toTag("Purchase", "order-7");
    expect(await waiting).toMatch(/^expected the sandbox not to have received Purchase, but it did/);
    const never = said(expect(sandbox).toHaveReceived("Contact", { times: 0, timeout: 60_000 }));
    await toTag("Contact", "1");
    expect(await never).toMatch(/^expected the sandbox to have received Contact 0 times, but it came once/);
  });

  it("ends with the sandbox", async () => {
    const waiting = said(expect(sandbox).toHaveReceived("Purchase", { timeout: 60_000 }));
    await sandbox.close();
    expect(await waiting).toMatch(/^expected the sandbox to have received Purchase, but it did not/);
  });
});

describe("the message", () => {
  it("says what was expected, what was nearest and what arrived", async () => {
    await toTag("PageView", "p-1");
    await toMeta(sandbox, [purchase({ event_id: "order-6", custom_data: { currency: "USD", value: 20 } })]);
    await toMeta(sandbox, [purchase({ custom_data: { currency: "EUR", value: 20 } })]);
    const expected = {
      vendor: "meta",
      id: "order-7",
      properties: { currency: "EUR", value: 21.97 },
      timeout: 1,
    } as const;
    expect(await said(expect(sandbox).toHaveReceived("Purchase", expected))).toBe(
      [
        'expected the sandbox to have received Purchase with {"id": "order-7", "properties": {"currency": "EUR", "value": 21.97}, "vendor": "meta"}, but it did not within 1 ms',
        "",
        "Nearest: meta.conversions 1234567890 Purchase (order-7) counted",
        "  properties.value: expected 21.97, is 20",
        "",
        "Arrived: 3 events:",
        "  meta.pixel 1234567890 PageView (p-1) counted",
        "  meta.conversions 1234567890 Purchase (order-6) counted",
        "  meta.conversions 1234567890 Purchase (order-7) counted",
      ].join("\n"),
    );
  });

  it("shows the one of the same id under another name, nested places, and what is missing", async () => {
    await toTikTok(sandbox, tikTokBody([tikTokEvent({ event: "CompletePayment", event_id: "order-7" })]));
    const expected = { id: "order-7", properties: { order_id: "7", contents: [{ quantity: 3 }] }, timeout: 1 };
    expect(await said(expect(sandbox).toHaveReceived("Purchase", expected))).toContain(
      [
        "Nearest: tiktok.events C0FFEEC0FFEEC0FFEE00 CompletePayment (order-7) counted",
        '  name: expected "Purchase", is "CompletePayment"',
        '  properties.order_id: expected "7", is missing',
        "  properties.contents[0].quantity: expected 3, is 2",
      ].join("\n"),
    );
  });

  it("says which requests were refused, and why", async () => {
    await toMeta(sandbox, [purchase({ custom_data: { currency: "EUR" } })]);
    sandbox.faults.add({ kind: "cut" });
    await toTag("Purchase", "1").catch(() => {});
    const message = await said(expect(sandbox).toHaveReceived("Purchase", { timeout: 1 }));
    expect(message).toMatch(/Arrived: no events\n\nRefused: 2 requests:\n {2}meta\.conversions: 100\/2804009: /);
    expect(message).toMatch(/\n {2}meta\.pixel: cut: /);
    expect(message).not.toContain("Nearest");
  });

  it("has nothing of a person but hashes", async () => {
    const user = {
      em: [EMAIL_HASH],
      client_ip_address: "203.0.113.7",
      client_user_agent: "Mozilla/5.0",
    };
    const properties = { currency: "EUR", value: 1, search_string: "ada@example.com", content_name: "socks" };
    await toMeta(sandbox, [purchase({ event_id: "2", user_data: user, custom_data: properties })]);
    const payload = {
      user_data: { em: [NAME_HASH], client_ip_address: "x", client_user_agent: ["x"], fbc: "x" },
      event_source_url: "x",
      custom_data: "x",
    };
    const expected = {
      id: "2",
      payload,
      data: payload,
      properties: { search_string: "x", content_name: "x" },
      timeout: 1,
    };
    const message = await said(expect(sandbox).toHaveReceived("Purchase", expected));
    expect(message).toContain(`payload.user_data.em[0]: expected "${NAME_HASH}", is "${EMAIL_HASH}"`);
    expect(message).toContain('payload.user_data.client_ip_address: expected "x", is another text');
    expect(message).toContain('data.event_source_url: expected "x", is another text');
    expect(message).toContain('data.custom_data: expected "x", is an object');
    expect(message).toContain('properties.search_string: expected "x", is "[email]"');
    expect(message).toContain('properties.content_name: expected "x", is "socks"');
    expect(message).not.toMatch(/203\.0\.113|Mozilla|shop\.example|ada/);
    await toApp(sandbox, appForm());
    const device = await said(expect(sandbox).toHaveReceived("AddToCart", { forwardedFor: "x", timeout: 1 }));
    expect(device).toContain('forwardedFor: expected "x", is another text');
    expect(device).not.toMatch(/203\.0\.113|38400000/);
  });
});

describe("wrong use", () => {
  it.each<[string, unknown, unknown, unknown]>([
    ["expect() takes a sandbox here", {}, "Purchase", {}],
    ["expect() takes a sandbox here", undefined, "Purchase", {}],
    ["the event's name is not a text", "sandbox", 5, {}],
    ["propertes is unknown", "sandbox", "Purchase", { propertes: {} }],
    ["times is a number", "sandbox", "Purchase", { times: -1 }],
    ["timeout is a text", "sandbox", "Purchase", { timeout: "1s" }],
    ["options is a text", "sandbox", "Purchase", "order-7"],
  ])("%s", async (message, received, name, expected) => {
    for (const not of [false, true]) {
      const assertion = expect(received === "sandbox" ? sandbox : received) as ReturnType<typeof expect<Sandbox>>;
      const matcher = not ? assertion.not : assertion;
      const error = await matcher.toHaveReceived(name as string, expected as object).catch((reason: unknown) => reason);
      expect(isBeaconryError(error) && error.message).toMatch(
        new RegExp(`^toHaveReceived: ${message.replace("()", "..")}`),
      );
    }
  });

  it("an error in a matcher of one's own is its own", async () => {
    await toTag("Purchase", "1");
    const broken = {
      asymmetricMatch: () => {
        throw new Error("mine");
      },
    };
    await expect(expect(sandbox).toHaveReceived("Purchase", { id: broken as never })).rejects.toThrow("mine");
  });
});
