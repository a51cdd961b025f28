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
const code = async (more: Record<string, unknown>) => {
  const answer = await send(more);
  const error = metaError(answer);
  expect(error).toMatchObject({ is_transient: false, fbtrace_id: expect.any(String), message: expect.any(String) });
  expect(sandbox.events()).toEqual([]);
  return [answer.status, error.code, error.error_subcode];
};
const app = (more: Record<string, unknown> = {}) => ({
  action_source: "app",
  event_source_url: undefined,
  app_data: { advertiser_tracking_enabled: 1, application_tracking_enabled: 0, extinfo: EXTINFO, ...more },
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
        matchKeys: ["client_ip_address", "client_user_agent", "em"],
        warnings: [],
        payload: event,
      },
    ]);
  });

  test.each([
    ["an app event", app()],
    ["a store event of 61 days ago", { action_source: "physical_store", event_time: NOW_SECONDS - 61 * DAY }],
    ["almost 7 days ago", { event_time: NOW_SECONDS - 7 * DAY + 1 }],
    ["half a minute ahead", { event_time: NOW_SECONDS + 30 }],
    ["amounts as text and 0", { event_name: "Purchase", custom_data: { value: "0", currency: "usd" } }],
    ["a Purchase of 0", { event_name: "Purchase", custom_data: { value: 0, currency: "USD" } }],
    ["a hash with the SDK's appendix", { user_data: { em: [`${EMAIL_HASH}.AQQAAQMC`], client_user_agent: "x" } }],
    [
      "limited data use",
      { data_processing_options: ["LDU"], data_processing_options_country: 1, data_processing_options_state: 1000 },
    ],
    ["custom keys in custom_data", { custom_data: { colour: "red" } }],
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

  test("a form whose data holds each event as text", async () => {
    const body = new URLSearchParams({ access_token: "t", data: JSON.stringify([JSON.stringify(metaEvent())]) });
    const response = await fetch(`${sandbox.url}/v26.0/1/events`, { method: "POST", body });
    expect(await response.json()).toMatchObject({ events_received: 1 });
  });
});

describe("tokens", () => {
  const body = JSON.stringify({ data: [metaEvent()] });
  const post = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${sandbox.url}${path}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    });

  test("are taken from the query and from Authorization", async () => {
    expect((await post("/v26.0/1/events?access_token=good-token")).status).toBe(200);
    expect((await post("/v26.0/1/events", { authorization: "Bearer good-token" })).status).toBe(200);
    expect(JSON.stringify(sandbox.requests())).not.toContain("good-token");
  });

  test.each([
    ["wrong", undefined],
    ["", undefined],
    ["old", 463],
  ])("%j is 401 with code 190", async (token, subcode) => {
    const answer = await toMeta(sandbox, [metaEvent()], { access_token: token });
    expect(answer.status).toBe(401);
    expect(metaError(answer)).toMatchObject({ code: 190 });
    expect(metaError(answer).error_subcode).toBe(subcode);
    expect(metaError(answer)).not.toHaveProperty("is_transient");
  });

  test("a token in the body is not kept", async () => {
    await toMeta(sandbox, [metaEvent()], { access_token: "very-secret" });
    expect(JSON.stringify(sandbox.requests())).not.toContain("very-secret");
  });
});

describe("refused with 100", () => {
  test.each([
    ["8 days ago", { event_time: NOW_SECONDS - 8 * DAY }, 2804003],
    ["63 days ago in a store", { event_time: NOW_SECONDS - 63 * DAY, action_source: "physical_store" }, 2804003],
    ["a Purchase without value", { event_name: "Purchase", custom_data: { currency: "EUR" } }, 2804009],
    ["a Purchase without custom_data", { event_name: "Purchase", custom_data: undefined }, 2804009],
    ["a plain email", { user_data: { em: "ada@example.com", client_user_agent: "x" } }, 2804016],
    ["a plain city in a list", { user_data: { em: EMAIL_HASH, ct: ["paris"], client_user_agent: "x" } }, 2804016],
    ["an MD5 hash", { user_data: { em: "5f4dcc3b5aa765d61d8327deb882cf99", client_user_agent: "x" } }, 2804016],
    ["contents not a list", { custom_data: { contents: { id: "1", quantity: 1 } } }, 2804019],
    ["contents of text", { custom_data: { contents: ["1"] } }, 2804019],
    ["a value that is none", { custom_data: { value: "12 EUR" } }, 2804019],
    ["a time as text", { event_time: String(NOW_SECONDS) }, 2804019],
    ["a numeric external_id", { user_data: { external_id: 5, client_user_agent: "x" } }, 2804019],
    ["the tracking flag beside app_data", { advertiser_tracking_enabled: 1 }, 2804019],
    ["an unknown key in user_data", { user_data: { email: EMAIL_HASH, client_user_agent: "x" } }, 2804019],
    ["an unknown key in app_data", app({ extInfo: EXTINFO }), 2804019],
    ["extinfo as text", app({ extinfo: "a2" }), 2804019],
    ["the user agent alone", { user_data: { client_user_agent: "x" } }, 2804050],
    ["place and user agent", { user_data: { ct: NAME_HASH, zp: NAME_HASH, client_user_agent: "x" } }, 2804050],
    ["birth date and user agent", { user_data: { db: NAME_HASH, client_user_agent: "x" } }, 2804050],
    ["first name and gender", { action_source: "email", user_data: { fn: NAME_HASH, ge: NAME_HASH } }, 2804050],
    ["last name and gender", { action_source: "email", user_data: { ln: NAME_HASH, ge: NAME_HASH } }, 2804050],
    ["no identifier", { action_source: "email", user_data: {} }, 2804050],
    ["no event_name", { event_name: undefined }, undefined],
    ["no event_time", { event_time: undefined }, undefined],
    ["no action_source", { action_source: undefined }, undefined],
    ["no user_data", { user_data: undefined }, undefined],
    ["an unknown action_source", { action_source: "web" }, undefined],
    ["website without URL", { event_source_url: undefined }, undefined],
    ["website without user agent", { user_data: { em: EMAIL_HASH } }, undefined],
    ["app without app_data", { action_source: "app" }, undefined],
    ["app without tracking flag", app({ advertiser_tracking_enabled: undefined }), undefined],
    ["app without extinfo", app({ extinfo: undefined }), undefined],
    ["extinfo of 15", app({ extinfo: EXTINFO.slice(1) }), undefined],
    ["extinfo of no known version", app({ extinfo: ["x1", ...EXTINFO.slice(1)] }), undefined],
    ["extinfo without OS version", app({ extinfo: EXTINFO.with(4, "") }), undefined],
    ["a Purchase without currency", { event_name: "Purchase", custom_data: { value: 1 } }, undefined],
    ["two minutes ahead", { event_time: NOW_SECONDS + 120 }, undefined],
    ["milliseconds", { event_time: NOW }, undefined],
    ["a data use country without state", { data_processing_options_country: 1 }, undefined],
    ["a business message of no channel", { action_source: "business_messaging" }, undefined],
    ["a message without its ids", { action_source: "business_messaging", messaging_channel: "messenger" }, undefined],
  ])("%s", async (_, more, subcode) => {
    expect(await code(more)).toEqual([400, 100, subcode]);
  });

  test.each([
    ["no data", undefined],
    ["data not a list", {}],
    ["no events", []],
    ["1001 events", Array(1001).fill(metaEvent())],
    ["an event that is text", ["x"]],
  ])("%s", async (_, data) => {
    const answer = await toMeta(sandbox, data);
    expect([answer.status, metaError(answer).code]).toEqual([400, 100]);
  });

  test("the message has the path of the bad event, and the good one is not taken", async () => {
    const answer = await toMeta(sandbox, [metaEvent(), metaEvent({ limited: true })]);
    expect(metaError(answer).error_user_msg).toContain(`"limited" on param $['data'][1]`);
    expect(sandbox.events()).toEqual([]);
    expect(sandbox.requests()).toMatchObject([{ endpoint: "meta.conversions", status: 400 }]);
  });

  test("an unknown path has the Graph envelope", async () => {
    const response = await fetch(`${sandbox.url}/v26.0/1/nothing`, { method: "POST", body: "{}" });
    expect([response.status, await response.json()]).toEqual([404, { error: expect.objectContaining({ code: 100 }) }]);
  });
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
  ])("%s", async (_, user, warning) => {
    await send({ user_data: { client_user_agent: "x", ...user } });
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
    ["madid in app_data", app({ madid: "38400000-8cf0-11bd-b23e-10b96e40000d" }), /madid belongs/],
  ])("%s", async (_, more, warning) => {
    await send(more);
    expect(sandbox.events()[0]?.warnings).toEqual([expect.stringMatching(warning)]);
  });
});
