import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { EMAIL_HASH, EMPTY_HASH, EXTINFO, metaError, metaEvent, NAME_HASH, NOW, NOW_SECONDS, toMeta } from "./calls.js";

const DAY = 86_400;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ badTokens: ["wrong"], expiredTokens: ["old"], now: () => NOW });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const send = (more: Record<string, unknown>) => toMeta(sandbox, [metaEvent(more)]);
const place = (country: unknown, state: unknown) => ({
  data_processing_options_country: country,
  data_processing_options_state: state,
});
const limited = { data_processing_options: ["LDU"], ...place(1, 1000) };
const app = (more: Record<string, unknown> = {}, event: Record<string, unknown> = {}) => ({
  action_source: "app",
  event_source_url: undefined,
  app_data: { advertiser_tracking_enabled: 1, application_tracking_enabled: 0, extinfo: EXTINFO, ...more },
  ...event,
});

describe("accepted", () => {
  test("answers with the count and keeps the event", async () => {
    const event = metaEvent();
    expect(await toMeta(sandbox, [event], { test_event_code: "TEST1", partner_agent: "beaconry" })).toEqual({
      status: 200,
      body: { events_received: 1, messages: [], fbtrace_id: expect.any(String) },
    });
    expect(sandbox.events()).toEqual([
      {
        vendor: "meta",
        side: "server",
        endpoint: "meta.conversions",
        sourceId: "1234567890",
        name: "AddToCart",
        id: "e-1",
        time: NOW,
        receivedAt: NOW,
        outcome: "counted",
        testEventCode: "TEST1",
        matchKeys: ["client_ip_address", "client_user_agent", "em"],
        warnings: [],
        payload: event,
        data: event,
        sequence: expect.any(Number),
        request: expect.any(Number),
      },
    ]);
  });

  test.each([
    ["an app event", app()],
    ["a store event of 61 days ago", { action_source: "physical_store", event_time: NOW_SECONDS - 61 * DAY }],
    ["a day ago", { event_time: NOW_SECONDS - DAY }],
    ["half a minute ahead", { event_time: NOW_SECONDS + 30 }],
    ["amounts as text and 0", { event_name: "Purchase", custom_data: { value: "0", currency: "usd" } }],
    ["a Purchase of 0", { event_name: "Purchase", custom_data: { value: 0, currency: "USD" } }],
    ["a hash with the SDK's appendix", { user_data: { em: [`${EMAIL_HASH}.AQQAAQMC`], client_user_agent: "x" } }],
    ["limited data use", limited],
    [
      "a store's purchase",
      {
        action_source: "physical_store",
        event_name: "Purchase",
        custom_data: { value: 1, currency: "EUR", store_data: { store_code: "7" } },
      },
    ],
    ["limited data use in Rhode Island", { ...limited, data_processing_options_state: 1013 }],
    ["limited data use where Meta finds the person", { ...limited, ...place(0, 0) }],
    ["data use that is not limited", { data_processing_options: [] }],
    ["custom keys in custom_data", { custom_data: { colour: "red" } }],
    ["ids that are numbers", { custom_data: { content_ids: [1, "2"], contents: [{ id: 3, quantity: "1" }] } }],
    ["an event that appends", { event_name: "AppendValue", original_event_data: { event_id: "e-0" } }],
    ["an e-mail's event without page and user agent", { action_source: "email", user_data: { em: EMAIL_HASH } }],
    ["an address alone", { action_source: "chat", user_data: { client_ip_address: "203.0.113.7" } }],
    [
      "a business message",
      {
        action_source: "business_messaging",
        messaging_channel: "whatsapp",
        user_data: { whatsapp_business_account_id: "1", ctwa_clid: "c" },
      },
    ],
  ])("%s", async (_, more) => {
    expect(await send(more)).toMatchObject({ status: 200, body: { events_received: 1 } });
    expect(sandbox.events()[0]?.warnings).toEqual([]);
  });

  test("app_data's flags are shown", async () => {
    await send(app());
    expect(sandbox.events()[0]?.flags).toEqual({ advertiserTracking: 1, applicationTracking: 0 });
  });

  test("almost 7 days ago", async () => {
    expect((await send({ event_time: NOW_SECONDS - 7 * DAY + 1 })).status).toBe(200);
    expect(sandbox.events()[0]?.warnings).toEqual([expect.stringMatching(/more than a day/)]);
  });

  test("a form whose data holds each event as text", async () => {
    const body = new URLSearchParams({ access_token: "t", data: JSON.stringify([JSON.stringify(metaEvent())]) });
    const response = await fetch(`${sandbox.url}/v26.0/1/events`, { method: "POST", body });
    expect(await response.json()).toMatchObject({ events_received: 1 });
  });

  test("a multipart form, as Meta's curl samples make it", async () => {
    const body = new FormData();
    body.append("data", JSON.stringify([metaEvent()]));
    body.append("access_token", "t");
    body.append("test_event_code", "TEST1");
    const response = await fetch(`${sandbox.url}/v26.0/1/events`, { method: "POST", body });
    expect(await response.json()).toMatchObject({ events_received: 1 });
    expect(sandbox.events()).toMatchObject([{ id: "e-1", testEventCode: "TEST1", warnings: [] }]);
  });
});

/** The refusal of a second event after a good one, as code, subcode and the JSON path in the user message. */
async function refusal(more: Record<string, unknown>) {
  const answer = await toMeta(sandbox, [metaEvent(), metaEvent(more)]);
  const error = metaError(answer);
  expect(sandbox.events()).toEqual([]);
  expect(error).toMatchObject({
    message: "Invalid parameter",
    type: "OAuthException",
    is_transient: false,
    error_user_title: expect.any(String),
    fbtrace_id: expect.any(String),
  });
  const path = /"(\$[^"]*)"/.exec(String(error.error_user_msg))?.[1];
  return [answer.status, error.code, error.error_subcode, path?.replace(/^\$\['data'\]\[1\]/, "…")];
}

const user = (more: Record<string, unknown>) => ({ user_data: { em: EMAIL_HASH, client_user_agent: "x", ...more } });
const only = (keys: Record<string, unknown>) => ({ action_source: "email", user_data: keys });
const message = (channel: string, ids: Record<string, unknown> = {}) => ({
  ...only({ em: EMAIL_HASH, ...ids }),
  action_source: "business_messaging",
  messaging_channel: channel,
});

describe("one bad event refuses the call, with 100 and", () => {
  const in_ = (...keys: string[]) => `…${keys.map((key) => `['${key}']`).join("")}`;

  describe("2804003: too old", () => {
    test.each([
      ["8 days", { event_time: NOW_SECONDS - 8 * DAY }],
      ["7 days and a second", { event_time: NOW_SECONDS - 7 * DAY - 1 }],
      ["8 days, of an app", app({}, { event_time: NOW_SECONDS - 8 * DAY })],
      ["63 days, in a store", { event_time: NOW_SECONDS - 63 * DAY, action_source: "physical_store" }],
      ["the year 1970", { event_time: 0 }],
    ])("%s", async (_, more) => {
      expect(await refusal(more)).toEqual([400, 100, 2804003, in_("event_time")]);
    });
  });

  describe("2804009: a Purchase without value", () => {
    test.each([
      ["no value", { currency: "EUR" }],
      ["no custom_data", undefined],
    ])("%s", async (_, custom_data) => {
      const path = in_("custom_data", "value");
      expect(await refusal({ event_name: "Purchase", custom_data })).toEqual([400, 100, 2804009, path]);
    });

    test("in a store too", async () => {
      const more = { event_name: "Purchase", action_source: "physical_store", custom_data: { currency: "EUR" } };
      expect((await refusal(more))[2]).toBe(2804009);
    });
  });

  describe("2804016: not hashed", () => {
    const hashed = ["em", "ph", "fn", "ln", "db", "ge", "ct", "st", "zp", "country"];
    const ofSdks = ["f5first", "f5last", "fi", "dobd", "dobm", "doby"];
    test.each([...hashed, ...ofSdks])("%s", async (key) => {
      expect(await refusal(user({ [key]: "plain" }))).toEqual([400, 100, 2804016, in_("user_data", key)]);
    });

    test.each([
      ["one of a list", [EMAIL_HASH, "ada@example.com"]],
      ["MD5", "5f4dcc3b5aa765d61d8327deb882cf99"],
      ["a hash with a space", `${EMAIL_HASH} `],
      ["half a hash", EMAIL_HASH.slice(32)],
    ])("%s", async (_, em) => {
      expect(await refusal(user({ em }))).toEqual([400, 100, 2804016, in_("user_data", "em")]);
    });
  });

  describe("2804019: a key that is not known", () => {
    test.each([
      ["the tracking flag beside app_data", { advertiser_tracking_enabled: 1 }, "…", "advertiser_tracking_enabled"],
      ["a test code in the event", { test_event_code: "TEST1" }, "…", "test_event_code"],
      ["a name of another vendor", user({ email: EMAIL_HASH }), in_("user_data"), "email"],
      ["camel case", app({ extInfo: EXTINFO }), in_("app_data"), "extInfo"],
      ["__proto__", JSON.parse('{"__proto__": 1}'), "…", "__proto__"],
    ])("%s", async (_, more, path, key) => {
      expect(await refusal(more)).toEqual([400, 100, 2804019, path]);
      const answer = sandbox.requests().at(-1)?.answer as { error: { error_user_msg: string } };
      expect(answer.error.error_user_msg).toContain(`Unexpected key "${key}" on param "$['data'][1]`);
    });
  });

  describe("2804019: a wrong type", () => {
    test.each([
      ["a time as text", { event_time: String(NOW_SECONDS) }, ["event_time"]],
      ["a fraction of a second", { event_time: NOW_SECONDS + 0.5 }, ["event_time"]],
      ["a name that is none", { event_name: 5 }, ["event_name"]],
      ["a numeric event_id", { event_id: 5 }, ["event_id"]],
      ["user_data in a list", { user_data: [] }, ["user_data"]],
      ["a numeric external_id", user({ external_id: 5 }), ["user_data", "external_id"]],
      ["an address in a list", user({ client_ip_address: ["203.0.113.7"] }), ["user_data", "client_ip_address"]],
      ["a lead_id of letters", user({ lead_id: "abc" }), ["user_data", "lead_id"]],
      ["custom_data as text", { custom_data: "value" }, ["custom_data"]],
      ["an empty value", { event_name: "Purchase", custom_data: { value: "" } }, ["custom_data", "value"]],
      ["a value with its currency", { custom_data: { value: "12 EUR" } }, ["custom_data", "value"]],
      ["a value in words", { custom_data: { value: true } }, ["custom_data", "value"]],
      ["a numeric currency", { custom_data: { currency: 978 } }, ["custom_data", "currency"]],
      ["one content id", { custom_data: { content_ids: "1" } }, ["custom_data", "content_ids"]],
      ["contents not in a list", { custom_data: { contents: { id: "1" } } }, ["custom_data", "contents"]],
      ["half an item", { custom_data: { num_items: 0.5 } }, ["custom_data", "num_items"]],
      ["opt_out in words", { opt_out: "no" }, ["opt_out"]],
      ["app_data in a list", app({}, { app_data: [] }), ["app_data"]],
      ["extinfo as text", app({ extinfo: "a2" }), ["app_data", "extinfo"]],
      [
        "a tracking flag in words",
        app({ advertiser_tracking_enabled: "yes" }),
        ["app_data", "advertiser_tracking_enabled"],
      ],
      ["data processing as text", { data_processing_options: "LDU" }, ["data_processing_options"]],
    ])("%s", async (_, more, path) => {
      expect(await refusal(more)).toEqual([400, 100, 2804019, in_(...path)]);
    });

    test("within a list, by its index", async () => {
      const path = (await refusal({ custom_data: { contents: [{ id: "1" }, "2"] } }))[3];
      expect(path).toBe("…['custom_data']['contents'][1]");
    });
  });

  describe("2804050: too weak", () => {
    const hash = NAME_HASH;
    test.each([
      ["nobody at all", {}],
      ["empty values", { em: "", ph: [], fn: [""] }],
      ["what says nothing of the person", { partner_name: "shop" }],
      ["the user agent", { client_user_agent: "x" }],
      ["the place", { ct: hash, country: hash, st: hash, zp: hash }],
      [
        "place, gender and user agent",
        { ct: hash, country: hash, st: hash, zp: hash, ge: hash, client_user_agent: "x" },
      ],
      ["a part of them", { zp: hash, ge: hash }],
      ["the birth date", { db: hash }],
      ["birth date and user agent", { db: hash, client_user_agent: "x" }],
      ["first name and gender", { fn: hash, ge: hash }],
      ["last name and gender", { ln: hash, ge: hash }],
    ])("%s", async (_, keys) => {
      expect(await refusal(only(keys))).toEqual([400, 100, 2804050, in_("user_data")]);
    });

    test.each([
      ["birth date and place", { db: hash, zp: hash }],
      ["both names", { fn: hash, ln: hash }],
      ["first name and user agent", { fn: hash, client_user_agent: "x" }],
      ["an address", { client_ip_address: "203.0.113.7", client_user_agent: "x" }],
      ["a browser id", { fbp: "fb.1.1558571054389.1098115397" }],
      ["an id of the shop", { external_id: hash }],
    ])("not %s", async (_, keys) => {
      expect((await send(only(keys))).status).toBe(200);
    });
  });

  describe("no subcode: something missing", () => {
    test.each([
      ["event_name", { event_name: undefined }, ["event_name"]],
      ["an empty event_name", { event_name: "" }, ["event_name"]],
      ["event_time", { event_time: undefined }, ["event_time"]],
      ["action_source", { action_source: undefined }, ["action_source"]],
      ["user_data", { user_data: undefined }, ["user_data"]],
      ["a website's page", { event_source_url: undefined }, ["event_source_url"]],
      ["a website's user agent", { user_data: { em: EMAIL_HASH } }, ["user_data", "client_user_agent"]],
      ["a Purchase's currency", { event_name: "Purchase", custom_data: { value: 1 } }, ["custom_data", "currency"]],
      ["an app's app_data", { action_source: "app" }, ["app_data", "advertiser_tracking_enabled"]],
      ["an app's flag", app({ advertiser_tracking_enabled: undefined }), ["app_data", "advertiser_tracking_enabled"]],
      ["an app's extinfo", app({ extinfo: undefined }), ["app_data", "extinfo"]],
      ["what is appended to", { event_name: "AppendValue" }, ["original_event_data"]],
      ["the state of a country", { ...limited, ...place(1, undefined) }, ["data_processing_options_state"]],
      ["a channel", { action_source: "business_messaging" }, ["messaging_channel"]],
      ["WhatsApp's account", message("whatsapp", { ctwa_clid: "c" }), ["user_data", "whatsapp_business_account_id"]],
      ["WhatsApp's click", message("whatsapp", { whatsapp_business_account_id: "1" }), ["user_data", "ctwa_clid"]],
      ["Messenger's page", message("messenger", { page_scoped_user_id: "1" }), ["user_data", "page_id"]],
      ["Messenger's person", message("messenger", { page_id: "1" }), ["user_data", "page_scoped_user_id"]],
      ["Instagram's account", message("instagram", { ig_sid: "1" }), ["user_data", "ig_account_id"]],
      ["Instagram's person", message("instagram", { ig_account_id: "1" }), ["user_data", "ig_sid"]],
    ])("%s", async (_, more, path) => {
      expect(await refusal(more)).toEqual([400, 100, undefined, in_(...path)]);
    });
  });

  describe("2804066: not of a conversation", () => {
    const ids = { whatsapp_business_account_id: "1", ctwa_clid: "c" };
    test.each(["Lead", "Schedule", "QuizFinished"])("%s", async (event_name) => {
      expect(await refusal({ ...message("whatsapp", ids), event_name })).toEqual([
        400,
        100,
        2804066,
        in_("event_name"),
      ]);
    });
  });

  describe("no subcode: a value that is not one", () => {
    const extinfo = ["app_data", "extinfo"];
    test.each([
      ["an action source", { action_source: "web" }, ["action_source"]],
      ["a name of a prototype", { action_source: "constructor" }, ["action_source"]],
      ["a channel", message("sms"), ["messaging_channel"]],
      ["a channel of a prototype", message("constructor"), ["messaging_channel"]],
      ["a time two minutes ahead", { event_time: NOW_SECONDS + 120 }, ["event_time"]],
      ["a time in milliseconds", { event_time: NOW }, ["event_time"]],
      ["extinfo of 15", app({ extinfo: EXTINFO.slice(1) }), extinfo],
      ["extinfo of 17", app({ extinfo: [...EXTINFO, ""] }), extinfo],
      ["extinfo of no known version", app({ extinfo: ["x1", ...EXTINFO.slice(1)] }), extinfo],
      ["extinfo without OS version", app({ extinfo: EXTINFO.with(4, "") }), extinfo],
      ["a data processing option", { data_processing_options: ["CCPA"] }, ["data_processing_options"]],
      ["a country of it", { ...limited, ...place(2, 0) }, ["data_processing_options_country"]],
      ["a state of it", { ...limited, ...place(1, 1014) }, ["data_processing_options_state"]],
    ])("%s", async (_, more, path) => {
      expect(await refusal(more)).toEqual([400, 100, undefined, in_(...path)]);
    });
  });

  test.each([
    ["no data", undefined, undefined],
    ["data not a list", {}, 2804019],
    ["data as text", "x", 2804019],
    ["no events", [], undefined],
    ["1001 events", Array(1001).fill(metaEvent()), undefined],
    ["an event that is text", ["x"], 2804019],
    ["an event that is null", [null], 2804019],
  ])("%s", async (_, data, subcode) => {
    const answer = await toMeta(sandbox, data);
    const error = metaError(answer);
    expect([answer.status, error.code, error.error_subcode]).toEqual([400, 100, subcode]);
    expect(error.error_user_msg).toContain("$['data']");
  });

  test("a test code that is no text", async () => {
    const answer = await toMeta(sandbox, [metaEvent()], { test_event_code: 5 });
    expect([answer.status, metaError(answer).error_user_msg]).toEqual([
      400,
      expect.stringContaining("$['test_event_code']"),
    ]);
  });

  test("a body of another type, which is not read", async () => {
    const body = JSON.stringify({ data: [metaEvent()] });
    const response = await fetch(`${sandbox.url}/v26.0/1/events?access_token=t`, { method: "POST", body });
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect([response.status, error.code]).toEqual([400, 100]);
  });
});

test("a thousand events", async () => {
  const events = Array.from({ length: 1000 }, (_, index) => metaEvent({ event_id: `e-${index}` }));
  expect((await toMeta(sandbox, events)).body.events_received).toBe(1000);
});

describe("warned of", () => {
  test.each([
    ["a plain external_id", { external_id: "u-1" }, /^external_id .*recommended/],
    ["an upper-case hash", { em: EMAIL_HASH.toUpperCase() }, /^em .*upper case/],
    ["the hash of nothing", { em: EMPTY_HASH }, /^em .*hash of ""/],
    ["a bad address", { em: EMAIL_HASH, client_ip_address: "1.2.3" }, /^client_ip_address/],
    ["a hashed advertising id", { em: EMAIL_HASH, madid: NAME_HASH }, /^madid is hashed/],
    ["a bare fbclid", { em: EMAIL_HASH, fbc: "IwAR1" }, /^fbc/],
    ["a bad fbp", { em: EMAIL_HASH, fbp: "fb.1.x" }, /^fbp/],
    ["an fbc in seconds", { em: EMAIL_HASH, fbc: "fb.1.1554763741.AbC" }, /^fbc/],
    ["an address of a network at home", { em: EMAIL_HASH, client_ip_address: "192.168.0.99" }, /not a public address/],
    ["this machine", { em: EMAIL_HASH, client_ip_address: "::1" }, /not a public address/],
  ])("%s", async (_, user, warning) => {
    await send({ user_data: { client_user_agent: "x", ...user } });
    expect(sandbox.events()[0]?.warnings).toEqual([expect.stringMatching(warning)]);
  });

  test.each([
    ["where it comes from", undefined, /event_source "crm" and lead_event_source/],
    ["the name of its CRM", { event_source: "crm" }, /without lead_event_source/],
    ["event_source", { lead_event_source: "HubSpot" }, /without event_source "crm" in/],
  ])("a lead without %s", async (_, custom_data, warning) => {
    await send({ action_source: "system_generated", user_data: { lead_id: "1234567890123456" }, custom_data });
    expect(sandbox.events()[0]?.warnings).toEqual([expect.stringMatching(warning)]);
  });

  test("well-formed click ids are not", async () => {
    const user = {
      fbc: "fb.1.1554763741205.AbCdEfGhIjKlMnOp",
      fbp: "fb.1.1558571054389.1098115397",
      client_user_agent: "x",
    };
    await send({ user_data: user });
    expect(sandbox.events()[0]).toMatchObject({ warnings: [], matchKeys: ["client_user_agent", "fbc", "fbp"] });
  });

  test.each([
    ["no event id", { event_id: undefined }, /no event_id/],
    ["contents without quantity", { custom_data: { contents: [{ id: "1" }] } }, /quantity/],
    ["a bad currency", { custom_data: { currency: "Euro" } }, /currency/],
    ["a currency there is not", { custom_data: { currency: "QQQ" } }, /currency/],
    ["a delivery that is none", { custom_data: { delivery_category: "drone" } }, /delivery_category/],
    ["a name in lower case", { event_name: "purchase", custom_data: {} }, /^purchase is a custom event .* Purchase$/],
    ["a name of App Events", { event_name: "fb_mobile_add_to_cart" }, /AddToCart$/],
    ["a page that is a path", { event_source_url: "/cart" }, /^event_source_url/],
    ["a channel of messages", { messaging_channel: "whatsapp" }, /^messaging_channel/],
    ["an original event", { original_event_data: { event_id: "e-0" } }, /^original_event_data/],
    ["a state without options", place(1, 1000), /data_processing_options/],
    ["two days of delay", { event_time: NOW_SECONDS - 2 * DAY }, /more than a day/],
    ["madid in app_data", app({ madid: "38400000-8cf0-11bd-b23e-10b96e40000d" }), /madid belongs/],
  ])("%s", async (_, more, warning) => {
    await send(more);
    expect(sandbox.events()[0]?.warnings).toEqual([expect.stringMatching(warning)]);
  });

  test.each([
    ["an unknown parameter", { testEventCode: "TEST1" }, /^"testEventCode" is not a parameter/],
    ["a partner agent that is too long", { partner_agent: "x".repeat(23) }, /^partner_agent/],
    ["a partner agent without letters", { partner_agent: "1.2" }, /^partner_agent/],
  ])("%s", async (_, more, warning) => {
    await toMeta(sandbox, [metaEvent()], more);
    expect(sandbox.events()[0]?.warnings).toEqual([expect.stringMatching(warning)]);
  });

  test("parameters that Meta's SDK sends empty are nothing", async () => {
    await toMeta(sandbox, [metaEvent()], { partner_agent: null, upload_tag: null, test_event_code: null });
    expect(sandbox.events()[0]).toMatchObject({ warnings: [] });
    expect(sandbox.events()[0]).not.toHaveProperty("testEventCode");
  });
});
