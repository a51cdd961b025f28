import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { type AppCall, appForm, EMAIL_HASH, EXTINFO, metaError, NAME_HASH, NOW, NOW_SECONDS, toApp } from "./calls.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ badTokens: ["4321|wrong"], expiredTokens: ["4321|old"], now: () => NOW });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const send = (more: Record<string, string | undefined> = {}, call?: AppCall) => toApp(sandbox, appForm(more), call);
const items = (...events: Record<string, unknown>[]) => ({ custom_events: JSON.stringify(events) });
const warnings = () => sandbox.events()[0]?.warnings;

describe("accepted", () => {
  test("answers success and keeps the event with its device", async () => {
    const { status, body } = await send({ "ud[em]": EMAIL_HASH, "ud[fn]": NAME_HASH });
    expect([status, body]).toEqual([200, { success: true }]);
    expect(sandbox.events()).toEqual([
      {
        vendor: "meta",
        side: "server",
        endpoint: "meta.appEvents",
        sourceId: "4321",
        name: "fb_mobile_add_to_cart",
        id: "e-1",
        time: NOW,
        receivedAt: NOW,
        outcome: "counted",
        matchKeys: ["advertiser_id", "em", "fn"],
        warnings: [],
        flags: { advertiserTracking: 1, applicationTracking: 1 },
        forwardedFor: "203.0.113.7",
        payload: {
          event: "CUSTOM_APP_EVENTS",
          advertiser_id: "38400000-8cf0-11bd-b23e-10b96e40000d",
          advertiser_tracking_enabled: "1",
          application_tracking_enabled: "1",
          extinfo: EXTINFO,
          custom_events: [{ _eventName: "fb_mobile_add_to_cart", _logTime: NOW_SECONDS, event_id: "e-1" }],
          ud: { em: EMAIL_HASH, fn: NAME_HASH },
        },
      },
    ]);
  });

  test.each<[string, Record<string, string | undefined>, AppCall]>([
    ["with a version", {}, { path: "/v25.0/4321/activities" }],
    ["with IPv6", {}, { forwardedFor: "2001:db8:85a3::8a2e:370:7334" }],
    ["booleans in words", { advertiser_tracking_enabled: "false", application_tracking_enabled: "true" }, {}],
    ["ud as JSON", { ud: JSON.stringify({ em: EMAIL_HASH }) }, {}],
    ["several hashes in one value", { ud: JSON.stringify({ em: `${EMAIL_HASH},${NAME_HASH}` }) }, {}],
    ["only an anonymous id", { advertiser_id: undefined, anon_id: "XZ1" }, {}],
    ["only customer information", { advertiser_id: undefined, "ud[em]": EMAIL_HASH }, {}],
    ["no extinfo", { extinfo: undefined }, {}],
    [
      "extinfo of an iOS device, with numbers",
      { extinfo: JSON.stringify(["i2", ...EXTINFO.slice(1, 9), 1, 2, "2.00", 2, 3, 4, ""]) },
      {},
    ],
    ["extinfo separated by commas", { extinfo: EXTINFO.join(",") }, {}],
    ["an install", { event: "MOBILE_APP_INSTALL", custom_events: undefined }, {}],
  ])("%s", async (_, more, call) => {
    expect((await send(more, call)).body).toEqual({ success: true });
    expect(warnings()).toEqual([]);
  });

  test("parameters in the query string", async () => {
    const query = new URLSearchParams(
      Object.entries(appForm({ access_token: "4321|query-secret" })).map(([k, v]) => [k, v ?? ""]),
    );
    const headers = { "X-Forwarded-For": "203.0.113.7" };
    const response = await fetch(`${sandbox.url}/4321/activities?${query}`, { method: "POST", headers });
    expect(await response.json()).toEqual({ success: true });
    expect(JSON.stringify([sandbox.requests(), sandbox.events()])).not.toContain("query-secret");
  });
});

describe("tokens", () => {
  test.each([
    [undefined, undefined],
    ["4321|wrong", undefined],
    ["4321|old", 463],
  ])("%j is 401 with code 190", async (token, subcode) => {
    const answer = await send({ access_token: token });
    expect([answer.status, metaError(answer).code, metaError(answer).error_subcode]).toEqual([401, 190, subcode]);
  });
});

describe("refused with 100", () => {
  const name = (eventName: unknown) => items({ _eventName: eventName });

  test.each<[string, Record<string, string | undefined>]>([
    ["no event", { event: undefined }],
    ["an unknown event", { event: "APP_INSTALL" }],
    ["no advertiser flag", { advertiser_tracking_enabled: undefined }],
    ["no application flag", { application_tracking_enabled: undefined }],
    ["a flag that is neither", { advertiser_tracking_enabled: "yes" }],
    ["no identifier", { advertiser_id: undefined }],
    ["an empty ud", { advertiser_id: undefined, ud: "{}" }],
    ["a ud that is no object", { ud: "x" }],
    ["no custom_events", { custom_events: undefined }],
    ["custom_events that is not JSON", { custom_events: "[{,}]" }],
    ["an empty list", { custom_events: "[]" }],
    ["a list of text", { custom_events: '["x"]' }],
    ["no name", items({ _logTime: NOW_SECONDS })],
    ["a name of 41", name("a".repeat(41))],
    ["a name that begins with a hyphen", name("-a")],
    ["a name with a dot", name("a.b")],
    ["a time as text", items({ _eventName: "a", _logTime: "now" })],
    ["a sum as text", items({ _eventName: "a", _valueToSum: "1" })],
    ["extinfo of 15", { extinfo: JSON.stringify(EXTINFO.slice(0, 15)) }],
    ["extinfo of no known version", { extinfo: JSON.stringify(["b1", ...EXTINFO.slice(1)]) }],
  ])("%s", async (_, more) => {
    const answer = await send(more);
    expect([answer.status, metaError(answer).code]).toEqual([400, 100]);
    expect(sandbox.events()).toEqual([]);
  });

  test.each([
    ["none", null],
    ["a list", "203.0.113.7, 10.0.0.1"],
    ["with a port", "203.0.113.7:443"],
    ["with a zone", "fe80::1%eth0"],
    ["no address", "unknown"],
  ])("X-Forwarded-For: %s", async (_, forwardedFor) => {
    const answer = await send({}, { forwardedFor });
    expect([answer.status, metaError(answer).code]).toEqual([400, 100]);
  });

  test("a name beyond the thousandth, while known names go on", async () => {
    const names = Array.from({ length: 1000 }, (_, index) => ({ _eventName: `name_${index}` }));
    expect((await send(items(...names))).body).toEqual({ success: true });
    expect(metaError(await send(items({ _eventName: "one_more" }))).code).toBe(100);
    expect((await send(items({ _eventName: "name_7" }))).body).toEqual({ success: true });
    expect((await send(items({ _eventName: "one_more" }), { path: "/99/activities" })).body).toEqual({ success: true });
  });

  test("a JSON body, which this endpoint is not known to read", async () => {
    const headers = { "content-type": "application/json", "X-Forwarded-For": "203.0.113.7" };
    const body = JSON.stringify(appForm());
    const response = await fetch(`${sandbox.url}/4321/activities?access_token=t`, { method: "POST", headers, body });
    expect(response.status).toBe(400);
  });
});

describe("warned of", () => {
  const item = (more: Record<string, unknown>) => items({ _eventName: "fb_mobile_purchase", ...more });

  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ["plain customer information", { "ud[em]": "ada@example.com" }, /^ud\.em .*ignored/],
    ["an unknown key of ud", { "ud[email]": EMAIL_HASH }, /^ud\.email/],
    ["an unknown parameter", { extInfo: "[]" }, /"extInfo"/],
    ["extinfo without OS version", { extinfo: JSON.stringify(EXTINFO.with(4, "")) }, /OS version/],
    ["milliseconds", item({ _logTime: NOW }), /_logTime/],
    ["a price without currency", item({ _valueToSum: 1 }), /fb_currency/],
    ["a nested value", item({ fb_content: [{ id: "1", quantity: 1 }] }), /fb_content is neither/],
    ["fb_content that is not JSON", item({ fb_content: "[{id:1}]" }), /fb_content/],
    ["a bad parameter name", item({ "a.b": 1 }), /"a\.b"/],
    ["26 parameters", item(Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`p${i}`, 1]))), /25/],
  ])("%s", async (_, more, warning) => {
    expect((await send(more)).body).toEqual({ success: true });
    expect(warnings()).toEqual([expect.stringMatching(warning)]);
  });
});
