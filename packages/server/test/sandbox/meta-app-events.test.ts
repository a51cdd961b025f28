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
const install = { event: "MOBILE_APP_INSTALL", custom_events: undefined };
const limited = {
  data_processing_options: '["LDU"]',
  data_processing_options_country: "1",
  data_processing_options_state: "1000",
};
/** What an Android SDK sent. */
const captured = [
  ...["a2", "com.shop.app", 2, "1.1", "10", "SM-G965F", "en_US", "GMT+01:00", "F SFR"],
  ...[1440, 2792, "3.5", 8, 52, 51, "Europe/Paris"],
];
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
        data: { _eventName: "fb_mobile_add_to_cart", _logTime: NOW_SECONDS, event_id: "e-1" },
        sequence: expect.any(Number),
        request: expect.any(Number),
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
    ["an Android device as captured", { extinfo: JSON.stringify(captured) }, {}],
    ["a country under either key", { "ud[cn]": NAME_HASH, "ud[country]": NAME_HASH }, {}],
    ["limited data use", limited, {}],
    ["no limited data use", { data_processing_options: "[]" }, {}],
    ["a claim with views", { consider_views: "true", include_dwell_data: "0" }, {}],
    ["empty parameters", { attribution: "", install_timestamp: "", url_schemes: "" }, {}],
    ["an install with its time", { ...install, install_timestamp: "1795262400" }, {}],
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

describe("refused with 100 and the path of", () => {
  const name = (eventName: unknown) => items({ _eventName: eventName });
  const json = JSON.stringify;
  const noFlag = { advertiser_tracking_enabled: undefined };

  test.each<[string, Record<string, string | undefined>, string]>([
    ["no event", { event: undefined }, "['event']"],
    ["an unknown event", { event: "APP_INSTALL" }, "['event']"],
    ["no advertiser flag", { advertiser_tracking_enabled: undefined }, "['advertiser_tracking_enabled']"],
    ["no application flag", { application_tracking_enabled: undefined }, "['application_tracking_enabled']"],
    ["a flag that is neither", { advertiser_tracking_enabled: "yes" }, "['advertiser_tracking_enabled']"],
    ["a flag of a prototype", { advertiser_tracking_enabled: "constructor" }, "['advertiser_tracking_enabled']"],
    ["flags in a list", { ...noFlag, "advertiser_tracking_enabled[toString]": "1" }, "['advertiser_tracking_enabled']"],
    ["a ud that is no object", { ud: "x" }, "['ud']"],
    ["a ud that is a list", { ud: "[1]" }, "['ud']"],
    ["no custom_events", { custom_events: undefined }, "['custom_events']"],
    ["custom_events that is not JSON", { custom_events: "[{,}]" }, "['custom_events']"],
    ["one event without a list", { custom_events: '{"_eventName":"a"}' }, "['custom_events']"],
    ["an empty list", { custom_events: "[]" }, "['custom_events']"],
    ["a list of text", { custom_events: '["x"]' }, "['custom_events'][0]"],
    ["no name", items({ _logTime: NOW_SECONDS }), "['custom_events'][0]['_eventName']"],
    ["a second one without name", items({ _eventName: "a" }, {}), "['custom_events'][1]['_eventName']"],
    ["a name of 41", name("a".repeat(41)), "['custom_events'][0]['_eventName']"],
    ["an empty name", name(""), "['custom_events'][0]['_eventName']"],
    ["a name that begins with a hyphen", name("-a"), "['custom_events'][0]['_eventName']"],
    ["a name that begins with a space", name(" a"), "['custom_events'][0]['_eventName']"],
    ["a name with a dot", name("a.b"), "['custom_events'][0]['_eventName']"],
    ["a name in another script", name("achat✓"), "['custom_events'][0]['_eventName']"],
    ["a name with a line break", name("a\n"), "['custom_events'][0]['_eventName']"],
    ["a time as text", items({ _eventName: "a", _logTime: "now" }), "['custom_events'][0]['_logTime']"],
    ["half a second", items({ _eventName: "a", _logTime: 1.5 }), "['custom_events'][0]['_logTime']"],
    ["a sum as text", items({ _eventName: "a", _valueToSum: "1" }), "['custom_events'][0]['_valueToSum']"],
    ["extinfo of 15", { extinfo: json(EXTINFO.slice(0, 15)) }, "['extinfo']"],
    ["extinfo of 17", { extinfo: json([...EXTINFO, ""]) }, "['extinfo']"],
    ["extinfo of no known version", { extinfo: json(["b1", ...EXTINFO.slice(1)]) }, "['extinfo']"],
    ["extinfo keyed by its places", { extinfo: json({ 0: "a2" }) }, "['extinfo']"],
    ["a boolean in words", { consider_views: "yes" }, "['consider_views']"],
    ["a page that is no number", { page_id: "my-page" }, "['page_id']"],
    ["a time that is none", { install_timestamp: "today" }, "['install_timestamp']"],
    ["a scheme without a list", { url_schemes: "shop://" }, "['url_schemes']"],
    ["an unknown kind of user id", { user_id_type: "EMAIL" }, "['user_id_type']"],
    ["an id in parts", { "app_user_id[a]": "1" }, "['app_user_id']"],
    [
      "an unknown data processing option",
      { ...limited, data_processing_options: '["CCPA"]' },
      "['data_processing_options']",
    ],
    [
      "a data processing country",
      { ...limited, data_processing_options_country: "2" },
      "['data_processing_options_country']",
    ],
    [
      "no data processing state",
      { ...limited, data_processing_options_state: "" },
      "['data_processing_options_state']",
    ],
    [
      "a data processing state",
      { ...limited, data_processing_options_state: "999" },
      "['data_processing_options_state']",
    ],
  ])("%s", async (_, more, path) => {
    const answer = await send(more);
    expect([answer.status, metaError(answer)]).toEqual([
      400,
      {
        code: 100,
        type: "OAuthException",
        is_transient: false,
        message: "Invalid parameter",
        error_user_title: expect.any(String),
        error_user_msg: expect.stringContaining(`"$${path}"`),
        fbtrace_id: expect.any(String),
      },
    ]);
    expect(sandbox.events()).toEqual([]);
  });

  test.each([
    ["no identifier", { advertiser_id: undefined }],
    ["an empty ud", { advertiser_id: undefined, ud: "{}" }],
    ["a ud of empty values", { advertiser_id: undefined, "ud[em]": "" }],
    ["the person's name in the app alone", { advertiser_id: undefined, app_user_id: "u-1" }],
  ])("%s", async (_, more) => {
    const answer = await send(more);
    expect([answer.status, metaError(answer).code, metaError(answer).error_user_msg]).toEqual([
      ...[400, 100, "one of advertiser_id, attribution, anon_id, ud is required"],
    ]);
  });

  test.each([
    ["none", null],
    ["an empty one", ""],
    ["a list", "203.0.113.7, 10.0.0.1"],
    ["with a port", "203.0.113.7:443"],
    ["in brackets", "[2001:db8::1]"],
    ["with a zone", "fe80::1%eth0"],
    ["no address", "unknown"],
  ])("X-Forwarded-For: %s", async (_, forwardedFor) => {
    const answer = await send({}, { forwardedFor });
    expect([answer.status, metaError(answer).code]).toEqual([400, 100]);
    expect(metaError(answer).error_user_msg).toMatch(/^X-Forwarded-For/);
  });

  test("a name beyond the thousandth, while known names go on", async () => {
    const names = Array.from({ length: 1000 }, (_, index) => ({ _eventName: `name_${index}` }));
    expect((await send(items(...names))).body).toEqual({ success: true });
    const refused = metaError(await send(items({ _eventName: "one_more" })));
    expect([refused.code, refused.error_user_msg]).toEqual([100, expect.stringContaining("$['custom_events']")]);
    expect((await send(items({ _eventName: "name_7" }))).body).toEqual({ success: true });
    expect((await send({ ...install })).body).toEqual({ success: true });
    const another = { access_token: "99|secret", ...items({ _eventName: "one_more" }) };
    expect((await send(another, { path: "/99/activities" })).body).toEqual({ success: true });
  });

  test("a JSON body, which this endpoint is not known to read", async () => {
    const headers = { "content-type": "application/json", "X-Forwarded-For": "203.0.113.7" };
    const body = JSON.stringify(appForm());
    const response = await fetch(`${sandbox.url}/4321/activities?access_token=t`, { method: "POST", headers, body });
    expect(response.status).toBe(400);
  });
});

test("a question for a deferred link has no events in it", async () => {
  expect((await send({ event: "DEFERRED_APP_LINK", custom_events: undefined })).body).toEqual({ success: true });
  expect(sandbox.events()).toEqual([]);
});

describe("forms", () => {
  const headers = { "X-Forwarded-For": "203.0.113.7" };
  const form = (more: Record<string, string | Blob> = {}) => {
    const data = new FormData();
    const { custom_events, ...fields } = appForm();
    for (const [key, value] of Object.entries({ ...fields, ...more })) {
      if (value !== undefined) data.append(key, value);
    }
    return data;
  };
  const post = async (body: BodyInit, more: Record<string, string> = {}) => {
    const response = await fetch(`${sandbox.url}/4321/activities`, {
      method: "POST",
      headers: { ...headers, ...more },
      body,
    });
    return { status: response.status, body: await response.json() };
  };
  const events = '[{"_eventName":"fb_mobile_rate","event_id":"e-2"}]';

  test("multipart, with the nested JSON in it", async () => {
    expect((await post(form({ custom_events: events, "ud[em]": EMAIL_HASH }))).body).toEqual({ success: true });
    expect(sandbox.events()).toMatchObject([
      {
        name: "fb_mobile_rate",
        id: "e-2",
        matchKeys: ["advertiser_id", "em"],
        warnings: [],
        payload: { extinfo: EXTINFO },
      },
    ]);
    expect(sandbox.requests()[0]?.body).toMatchObject({
      access_token: "[redacted]",
      custom_events: JSON.parse(events),
    });
  });

  test.each(["application/json", "content/unknown", "application/json; charset=utf-8"])(
    "a file of %s",
    async (type) => {
      const file = new File([events], "events.json", { type });
      expect((await post(form({ custom_events_file: file }))).body).toEqual({ success: true });
      expect(sandbox.events()).toMatchObject([{ name: "fb_mobile_rate", data: { event_id: "e-2" } }]);
      expect(sandbox.events()[0]?.payload).not.toHaveProperty("custom_events_file");
    },
  );

  test.each([
    ["a file of another type", new File([events], "events.csv", { type: "text/csv" })],
    ["a file that is no JSON", new File(["[{,}]"], "events.json", { type: "application/json" })],
    ["a file in place of a text", new File([events], "e.json", { type: "application/json" }), "custom_events"],
    ["a text in place of a file", events],
  ])("not %s", async (_, value, key = "custom_events_file") => {
    const { status, body } = await post(form({ [key]: value }));
    expect([status, body.error.code]).toEqual([400, 100]);
  });

  test.each([
    ["without its end", "multipart/form-data; boundary=x", "--x\r\n"],
    ["without a boundary", "multipart/form-data", "--x\r\n"],
    ["of bytes", "multipart/form-data; boundary=x", new Uint8Array([0xff, 0xfe, 0, 1])],
    ["of too many fields", "application/x-www-form-urlencoded", "a&".repeat(20_000)],
  ])("one %s has no token that can be read", async (_, type, body) => {
    expect((await post(body, { "content-type": type })).status).toBe(401);
  });

  test("of a query and a form with the same parameter, the form's counts", async () => {
    const query = new URLSearchParams({ custom_events: '[{"_eventName":"in_query"}]', event: "CUSTOM_APP_EVENTS" });
    const body = new URLSearchParams(Object.entries(appForm()).map(([key, value]) => [key, value ?? ""]));
    await fetch(`${sandbox.url}/4321/activities?${query}`, { method: "POST", headers, body });
    expect(sandbox.events().map((event) => event.name)).toEqual(["fb_mobile_add_to_cart"]);
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
    ["a currency there is not", item({ fb_currency: "Euro" }), /fb_currency is not a code/],
    ["half an item", item({ fb_num_items: 0.5 }), /fb_num_items is not/],
    ["a flag in words", item({ fb_success: "yes" }), /fb_success is not/],
    ["a numeric event_id", item({ event_id: 5 }), /^event_id is not a text/],
    ["an event_id in the wrong place", { event_id: "e-1", ...item({}) }, /^event_id is beside custom_events/],
    ["a name of the web", items({ _eventName: "AddToCart" }), /the standard one is fb_mobile_add_to_cart$/],
    ["an install among events", items({ _eventName: "MobileAppInstall" }), /MOBILE_APP_INSTALL$/],
    ["an external id in the clear", { "ud[external_id]": "u-1" }, /^ud\.external_id .*recommended/],
    ["a hashed advertising id", { advertiser_id: NAME_HASH }, /^advertiser_id is hashed/],
    ["an advertising id of zeros", { advertiser_id: "00000000-0000-0000-0000-000000000000" }, /identifies no device/],
    ["a state without options", { data_processing_options_state: "1000" }, /data_processing_options/],
    ["a nested value", item({ fb_content: [{ id: "1", quantity: 1 }] }), /fb_content is neither/],
    ["fb_content that is not JSON", item({ fb_content: "[{id:1}]" }), /fb_content/],
    ["a bad parameter name", item({ "a.b": 1 }), /"a\.b"/],
    ["26 parameters", item(Object.fromEntries(Array.from({ length: 26 }, (_, i) => [`p${i}`, 1]))), /25/],
  ])("%s", async (_, more, warning) => {
    expect((await send(more)).body).toEqual({ success: true });
    expect(warnings()).toEqual([expect.stringMatching(warning)]);
  });

  test("an address that is not public", async () => {
    await send({}, { forwardedFor: "192.168.0.99" });
    expect(warnings()).toEqual(["X-Forwarded-For is not a public address: nobody is known by it"]);
  });

  test("ratings and credits have no currency", async () => {
    await send(items({ _eventName: "fb_mobile_rate", _valueToSum: 5 }));
    expect(warnings()).toEqual([]);
  });
});
