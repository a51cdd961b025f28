import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { FeedEntry, RequestEntry } from "../../src/sandbox/feed/entries.js";
import { createSandbox, type Fault, type Sandbox, type TikTokBusinessPath } from "../../src/sandbox/index.js";
import { businessPaths } from "../../src/sandbox/tiktok-business/paths.js";
import { tikTokBody, tikTokEvent, toTikTok } from "./calls.js";
import { FeedReader } from "./feed-reader.js";

const NOW = Date.UTC(2026, 0, 31, 12);
let time = NOW;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ now: () => time, audienceDelay: 60_000, seed: 7 });
});
beforeEach(() => {
  time = NOW;
  sandbox.reset();
});
afterAll(() => sandbox.close());

const account = "7000000000000000001";
const headers = { "access-token": "token-1234", "content-type": "application/json" };

async function call(path: TikTokBusinessPath, parameters: object = {}, isPost = true) {
  const query = isPost ? "" : `?${new URLSearchParams(parameters as Record<string, string>)}`;
  const response = await fetch(`${sandbox.url}/open_api/v1.3${path}${query}`, {
    headers,
    ...(isPost && { method: "POST", body: JSON.stringify(parameters) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
}
const info = (more: object = {}) =>
  call("/advertiser/info/", { advertiser_ids: JSON.stringify([account]), ...more }, false);
const makeSegment = (name = "Visitors") =>
  call("/segment/audience/", { advertiser_id: account, custom_audience_name: name });

const own = async (path: string, init?: RequestInit) => {
  const response = await fetch(`${sandbox.url}/_sandbox${path}`, init);
  return { status: response.status, body: await response.json() };
};

describe("faults of the Business API", () => {
  test.each<[Fault, number, unknown]>([
    [
      { kind: "rateLimit" },
      200,
      {
        code: 40100,
        // TikTok's lowest level, for calls that are not about events.
        message: "App 1234567890 reaches the QPS limit 10, current QPS is 11",
        request_id: expect.any(String),
        data: {},
      },
    ],
    [{ kind: "rateLimit", code: 40016 }, 200, expect.objectContaining({ code: 40016 })],
    [{ kind: "rateLimit", code: 40133 }, 200, expect.objectContaining({ code: 40133 })],
    [{ kind: "rateLimit", code: 429 }, 429, "429 Too Many Requests"],
    [{ kind: "expiredToken" }, 200, expect.objectContaining({ code: 40102 })],
    [{ kind: "serverError", status: 503 }, 503, "Server error"],
    [{ kind: "html", status: 502 }, 502, expect.stringMatching(/^<!doctype html>/)],
    [{ kind: "answer", body: { code: 50000 } }, 200, { code: 50000 }],
  ])("%j: the answer, and nothing is made", async (fault, status, body) => {
    sandbox.faults.add({ ...fault, endpoint: "tiktok.business", count: 1 });
    expect(await makeSegment()).toEqual({ status, body });
    expect(sandbox.audiences()).toEqual([]);
    expect(sandbox.requests()).toMatchObject([{ endpoint: "tiktok.business", status, faults: [fault.kind] }]);
    expect((await makeSegment()).body).toMatchObject({ code: 0 });
    expect(sandbox.audiences()).toHaveLength(1);
  });

  test.each<Fault>([
    { kind: "cut", when: "after" },
    { kind: "serverError", when: "after" },
    { kind: "html", when: "after" },
    { kind: "answer", body: { code: 50000 }, when: "after" },
  ])("%j: it is made, and only the answer is lost", async (fault) => {
    sandbox.faults.add({ ...fault, path: "/segment/audience/" });
    const answer = await makeSegment().catch(() => undefined);
    expect(answer?.body.code).not.toBe(0);
    expect(sandbox.audiences()).toHaveLength(1);
  });

  test("of one call only, by its path", async () => {
    sandbox.faults.add({ kind: "serverError", path: "/advertiser/info/" });
    expect((await info()).status).toBe(500);
    expect((await makeSegment()).status).toBe(200);
    expect((await toTikTok(sandbox, tikTokBody([tikTokEvent()]))).status).toBe(200);
    expect(sandbox.faults.list()).toMatchObject([{ struck: 1 }]);
  });

  test("by chance: the requests to each call are drawn by themselves, the same for the same seed", async () => {
    const pattern = async (between: () => Promise<unknown>) => {
      sandbox.reset();
      sandbox.faults.add({ kind: "serverError", probability: 0.5 });
      let seen = "";
      for (let index = 0; index < 30; index++) {
        seen += (await info()).status === 500 ? "x" : ".";
        await between();
      }
      return seen;
    };
    const alone = await pattern(async () => undefined);
    expect(alone).toMatch(/x.*\..*x|\..*x.*\./);
    expect(await pattern(makeSegment)).toBe(alone);
  });

  test("set over HTTP", async () => {
    const fault = { kind: "rateLimit", path: "/dmp/custom_audience/list/", count: 1 };
    const body = JSON.stringify(fault);
    const post = { method: "POST", headers: { "content-type": "application/json" }, body };
    expect(await own("/faults", post)).toMatchObject({ status: 201, body: { fault, left: 1 } });
    const list = () => call("/dmp/custom_audience/list/", { advertiser_id: account }, false);
    expect((await list()).body.code).toBe(40100);
    expect((await list()).body.code).toBe(0);
  });

  test("the table has every call that is answered, and no other", async () => {
    for (const path of businessPaths) {
      const answers = await Promise.all([call(path), call(path, {}, false)]);
      // One of the methods is the call's.
      expect([path, answers.map(({ status }) => status).sort()]).toEqual([path, [200, 405]]);
    }
    expect(sandbox.requests()).toHaveLength(2 * businessPaths.length);
    expect((await fetch(`${sandbox.url}/open_api/v1.3/advertiser/info`, { headers })).status).toBe(404);
  });
});

describe("requests to the Business API", () => {
  test("are kept without tokens, secrets and codes", async () => {
    const app = { app_id: "700", secret: "app-secret-81" };
    await call("/subscription/subscribe/", {
      ...app,
      subscribe_entity: "LEAD",
      callback_url: "http://127.0.0.1:9/leads",
      subscription_detail: { access_token: "token-1234", advertiser_id: account },
    });
    await call("/subscription/get/", { ...app, subscribe_entity: "LEAD" }, false);
    const allow = `${sandbox.url}/portal/auth/allow?app_id=700&state=s&redirect_uri=http://127.0.0.1:9/`;
    const back = (await fetch(allow, { redirect: "manual" })).headers.get("location") ?? "";
    const code = new URL(back).searchParams.get("auth_code") ?? "";
    const { body } = await call("/oauth2/access_token/", { ...app, auth_code: code });
    const token = body.data.access_token as string;
    await call("/oauth2/revoke_token/", { ...app, access_token: token });
    const kept = JSON.stringify(sandbox.requests());
    expect(sandbox.requests()).toHaveLength(4);
    expect(sandbox.requests()[0]).toMatchObject({ body: { app_id: "700", secret: "[redacted]" } });
    expect(sandbox.requests()[2]).toMatchObject({
      answer: { data: { access_token: "[redacted]", token_type: "Bearer" } },
    });
    for (const secret of ["token-1234", "app-secret-81", code, token]) expect(kept).not.toContain(secret);
    expect(code).toMatch(/^.{20,}$/);
    expect(token).toMatch(/^.{20,}$/);
  });

  test("are told when they are refused, by their path and with TikTok's words; others are not", async () => {
    await info();
    await call("/dmp/custom_audience/create/", { advertiser_id: account });
    sandbox.faults.add({ kind: "html", path: "/advertiser/info/" });
    await info();
    const reader = await FeedReader.open(sandbox.url);
    const entries = (await reader.live()) as RequestEntry[];
    await reader.close();
    expect(entries.map(({ kind, names, sourceId, refusal }) => [kind, names, sourceId, refusal.code])).toEqual([
      ["request", ["/dmp/custom_audience/create/"], account, "40002"],
      ["request", ["/advertiser/info/"], "", "HTTP 200"],
    ]);
    expect(entries[0]).toMatchObject({
      sent: 0,
      refusal: { message: expect.stringContaining("custom_audience_name") },
    });
  });
});

describe("what changes is told in the stream, each part once", () => {
  const parts = (entries: readonly FeedEntry[]) =>
    entries.flatMap((entry) => (entry.kind === "business" ? [entry.part] : []));

  test("accounts, audiences, leads and subscriptions", async () => {
    const reader = await FeedReader.open(sandbox.url);
    await reader.live();
    const told = (part: string) => reader.until((_, entries) => parts(entries).includes(part as never));
    await Promise.all(Array.from({ length: 5 }, () => makeSegment()));
    const first = parts(await told("audiences"));
    expect(new Set(first)).toEqual(new Set(["audiences"]));
    await call("/bc/advertiser/create/", {
      bc_id: "7100000000000000001",
      advertiser_info: { name: "New", currency: "EUR", timezone: "UTC" },
      customer_info: { company: "New", industry: "290101", registered_area: "DE" },
    });
    await told("accounts");
    await call("/subscription/subscribe/", {
      app_id: "700",
      secret: "s",
      subscribe_entity: "LEAD",
      callback_url: "http://127.0.0.1:9/leads",
      subscription_detail: { access_token: "t", advertiser_id: account },
    });
    await told("subscriptions");
    sandbox.submitLead({ answers: { name: "Ada" } });
    await told("leads");
    sandbox.reset();
    await reader.until((_, entries) => entries.some(({ kind }) => kind === "clear"));
    await reader.close();
  });
});

describe("what there is, by code and over HTTP", () => {
  test("accounts and forms", async () => {
    expect(sandbox.accounts()).toHaveLength(3);
    expect(sandbox.accounts()[0]).toMatchObject({ advertiser_id: account, status: "STATUS_ENABLE" });
    expect((await own("/accounts")).body).toEqual({ accounts: sandbox.accounts() });
    const { forms } = (await own("/forms")).body;
    expect(forms[0]).toEqual({
      page_id: "7400000000000000001",
      page_name: "Newsletter",
      advertiser_id: account,
      fields: ["name", "email", "phone_number"],
    });
  });

  test("segments: kinds of ids, who came and left, and since when they can be used", async () => {
    const { body } = await makeSegment();
    const segment = body.data.audience_id as string;
    const ids = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => [
        { id: (from + index).toString(16).padStart(64, "0"), audience_ids: [segment] },
      ]);
    const map = (action: string, batch_data: object) =>
      call("/segment/mapping/", { advertiser_ids: [account], action, id_schema: ["EMAIL_SHA256"], batch_data });
    time += 1_000;
    await map("add", ids(0, 800));
    await map("add", ids(800, 1_200));
    await map("delete", ids(0, 100));
    const change = (action: string, rows: number, size: number, at = NOW + 1_000) => ({
      ...{ action, at, files: 0, bytes: 0, badRows: 0 },
      ...{ rows, size },
    });
    const expected = {
      id: segment,
      accountId: account,
      name: "Visitors",
      kind: "segment",
      idTypes: ["EMAIL_SHA256"],
      status: "processing",
      readyAt: NOW + 60_000,
      size: 1_100,
      sharedWith: [],
      history: [change("CREATE", 0, 0, NOW), change("ADD", 1_200, 1_200), change("DELETE", 100, 1_100)],
    };
    expect(sandbox.audiences()).toMatchObject([expected]);
    time = NOW + 60_000;
    const [audience] = (await own("/audiences")).body.audiences;
    // 365 days after the last change.
    expect(audience).toEqual({ ...expected, status: "usable", expiresAt: NOW + 1_000 + 365 * 86_400_000 });
  });

  test("leads and subscriptions: where each went, how often, and what was answered", async () => {
    let answers = 0;
    const receiver = createServer((request, response) => {
      request.resume();
      response.writeHead(answers++ === 0 ? 503 : 200).end();
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void receiver.close());
    const callbackUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/leads/9f86`;
    const detail = { access_token: "token-of-app", advertiser_id: account };
    const subscribe = { app_id: "700", secret: "s", subscribe_entity: "LEAD", callback_url: callbackUrl };
    const { body } = await call("/subscription/subscribe/", { ...subscribe, subscription_detail: detail });
    const id = body.data.subscription_id as string;
    const subscription = {
      id,
      appId: "700",
      entity: "LEAD",
      callbackUrl,
      details: { advertiser_id: account },
      alive: true,
    };
    expect(sandbox.subscriptions()).toEqual([subscription]);
    const post = (lead: unknown) => own("/leads", { method: "POST", headers, body: JSON.stringify(lead) });
    expect(await post({ answers: { name: "Ada" }, region: "eu" })).toMatchObject({
      status: 201,
      body: { isTest: false },
    });
    const delivery = { subscriptionId: id, callbackUrl, attempts: 2, status: 200, state: "delivered" };
    await expect.poll(() => sandbox.leads()[0]?.deliveries).toEqual([delivery]);
    await post({ answers: { name: "Grace" } });
    expect((await own("/leads")).body).toMatchObject({ total: 2, leads: [{ answers: { name: "Ada" } }, {}] });
    expect((await own("/leads?last=1")).body).toMatchObject({ total: 2, leads: [{ answers: { name: "Grace" } }] });
    expect(await own("/leads?last=0")).toMatchObject({ status: 400, body: { error: { code: "invalid_option" } } });
    await call("/oauth2/revoke_token/", { app_id: "700", secret: "s", access_token: "token-of-app" });
    expect((await own("/subscriptions")).body).toEqual({ subscriptions: [{ ...subscription, alive: false }] });
  });
});
