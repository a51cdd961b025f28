import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "@beaconry/server/sandbox";
import {
  type AdAccount,
  accountRoles,
  accountStatuses,
  fileTokenStore,
  filterAccounts,
  readAccountStatus,
  scopeNames,
  TikTokBusinessError,
  tiktokBusiness,
  tiktokOAuth,
} from "@beaconry/server/tiktok-business";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ badTokens: ["bad-token"] });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const quick = { backoff: { base: 1, cap: 5 }, callsPerSecond: 10_000 };
const redirectUri = "http://127.0.0.1:4567/back";
const oauth = (more: object = {}) =>
  tiktokOAuth({ appId: "700", secret: "app-secret-7", redirectUri, baseUrl: sandbox.url, ...quick, ...more });
const client = (accessToken = "token", more: object = {}) =>
  tiktokBusiness({ accessToken, baseUrl: sandbox.url, ...quick, ...more });

/** Says yes on the sandbox's page, as a person would; gives where it sends the browser. */
async function allow(authorizeUrl: string): Promise<string> {
  const page = await (await fetch(authorizeUrl)).text();
  const link = /href="([^"]+)" id="allow"/
    .exec(page)?.[1]
    ?.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
  const answer = await fetch(new URL(link ?? "", authorizeUrl), { redirect: "manual" });
  return answer.headers.get("location") ?? "";
}

async function list<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("signing in", () => {
  it("gives a token with its accounts and scopes, by a code that serves once", async () => {
    const url = new URL(oauth().authorizeUrl("state & more"));
    expect(url.pathname).toBe("/portal/auth");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      app_id: "700",
      state: "state & more",
      redirect_uri: redirectUri,
    });
    const back = await allow(url.href);
    expect(back.startsWith(redirectUri)).toBe(true);
    const code = oauth().readRedirect(back, "state & more");
    const token = await oauth().exchange(code);
    expect(token).toMatchObject({
      advertiserIds: ["7000000000000000001", "7000000000000000002", "7000000000000000003"],
      scopes: ["adAccount", "audience", "pixel", "lead", "crmEvents"],
    });
    expect(await oauth().accounts(token.accessToken)).toContainEqual({
      id: "7000000000000000001",
      name: "Sandbox Shop",
    });
    await expect(oauth().exchange(code)).rejects.toMatchObject({ code: 40110, endpoint: "/oauth2/access_token/" });
  });

  it("takes no answer that is not of this sign-in, nor one without a code", () => {
    const read =
      (query: string, state = "mine") =>
      () =>
        oauth().readRedirect(`${redirectUri}?${query}`, state);
    for (const wrong of [
      read("auth_code=1&state=other"),
      read("auth_code=1"),
      read("state=mine"),
      read("auth_code=1&state=", ""),
    ]) {
      expect(wrong).toThrow(expect.objectContaining({ code: "invalid_option" }));
    }
  });

  it("ends a token", async () => {
    const token = await oauth().exchange(oauth().readRedirect(await allow(oauth().authorizeUrl("s")), "s"));
    await oauth().revoke(token.accessToken);
    await expect(oauth().accounts(token.accessToken)).rejects.toMatchObject({ code: 40105 });
  });

  it("names scopes, and leaves numbers that it does not know", () => {
    expect(scopeNames([1, "30", 31, "7043626160646946818", 99])).toEqual([
      "adAccount",
      "audienceRead",
      "audienceWrite",
      "offlineEvents",
      "99",
    ]);
  });
});

describe("the token's file", () => {
  function place() {
    const folder = mkdtempSync(join(tmpdir(), "token-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return join(folder, "below", "token.json");
  }
  const token = { accessToken: "secret-token", advertiserIds: ["1"], scopes: ["adAccount"], obtainedAt: 5 };

  it("is read by its owner only, and is gone when deleted", async () => {
    const path = place();
    const store = fileTokenStore(path);
    expect(await store.load()).toBeUndefined();
    await store.save(token);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await fileTokenStore(path).load()).toEqual(token);
    await store.save({ ...token, advertiserIds: ["2"] });
    expect(JSON.parse(readFileSync(path, "utf8")).advertiserIds).toEqual(["2"]);
    await store.delete();
    await store.delete();
    expect(await store.load()).toBeUndefined();
  });

  it.each(["", "no JSON", "{}", '{"accessToken":"secret-token"}', "null"])("says so when it holds %j", async (text) => {
    const path = place();
    await fileTokenStore(path).save(token);
    writeFileSync(path, text);
    await expect(fileTokenStore(path).load()).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.not.stringContaining("secret-token"),
    });
  });
});

describe("ad accounts", () => {
  it("come with what their status means", async () => {
    const accounts = await client().accounts.info(["7000000000000000001", "7000000000000000003", "1"]);
    expect(accounts).toEqual([
      {
        id: "7000000000000000001",
        name: "Sandbox Shop",
        status: "STATUS_ENABLE",
        statusMeaning: "Approved: it can be used.",
        usable: true,
        role: "ROLE_ADVERTISER",
        company: "Sandbox Shop GmbH",
        country: "DE",
        currency: "EUR",
        timezone: "Europe/Berlin",
        balance: 250,
        businessCenterId: "7100000000000000001",
        createdAt: 1_700_000_000_000,
      },
      expect.objectContaining({ status: "STATUS_LIMIT", usable: false, rejectionReason: "Prohibited content" }),
    ]);
  });

  it("fit a filter by name, id, status, role and use", () => {
    const account = (id: string, name: string, status: string, role = "ROLE_ADVERTISER") =>
      ({ id, name, status, role, ...readAccountStatus(status) }) as unknown as AdAccount;
    const all = [
      account("1", "Shop Berlin", "STATUS_ENABLE"),
      account("2", "Shop Paris", "STATUS_LIMIT"),
      account("12", "Outlet", "STATUS_ENABLE", "ROLE_AGENT"),
    ];
    const ids = (filter: Parameters<typeof filterAccounts>[1]) => filterAccounts(all, filter).map(({ id }) => id);
    expect(ids({})).toEqual(["1", "2", "12"]);
    expect(ids({ search: " shop" })).toEqual(["1", "2"]);
    expect(ids({ search: "1" })).toEqual(["1"]);
    expect(ids({ usable: true })).toEqual(["1", "12"]);
    expect(ids({ usable: false, search: "paris" })).toEqual(["2"]);
    expect(ids({ role: "ROLE_AGENT", status: "STATUS_ENABLE" })).toEqual(["12"]);
  });

  it("have pixels", async () => {
    expect(await list(client().accounts.pixels("7000000000000000001"))).toEqual([
      { id: "7200000000000000001", code: "C0SANDBOXPIXEL000001", name: "Shop" },
      { id: "7200000000000000002", code: "C0SANDBOXPIXEL000002", name: "Blog" },
    ]);
    await expect(list(client().accounts.pixels("8"))).rejects.toMatchObject({ code: 40001 });
  });

  it("are made in a Business Center, page by page listed with who may do what", async () => {
    const [center] = await list(client().accounts.businessCenters());
    expect(center).toEqual({ id: "7100000000000000001", name: "Beaconry Sandbox BC" });
    const company = { name: "New GmbH", industry: "290101", registeredArea: "DE" };
    const account = {
      businessCenterId: center?.id ?? "",
      name: "New",
      currency: "EUR",
      timezone: "Europe/Berlin",
      company,
    };
    const made: string[] = [];
    for (let index = 0; index < 60; index++)
      made.push(await client().accounts.create({ ...account, name: `New ${index}` }));
    expect(new Set(made).size).toBe(60);
    // More than one call asks for.
    expect((await client().accounts.info(made)).map(({ id }) => id)).toEqual(made);
    expect(await client().accounts.info(made.slice(0, 1))).toMatchObject([
      { name: "New 0", status: "STATUS_PENDING_CONFIRM", usable: false },
    ]);
    const owned = await list(client().accounts.ofBusinessCenter(center?.id ?? ""));
    expect(owned).toHaveLength(61);
    expect(owned[0]).toEqual({ id: "7000000000000000001", name: "Sandbox Shop", permission: "ADMIN" });
    await expect(client().accounts.create({ ...account, currency: "USD" })).rejects.toMatchObject({ code: 40002 });
    await expect(client().accounts.create({ ...account, name: "x".repeat(101) })).rejects.toMatchObject({
      code: "invalid_option",
      message: "accounts.create: name is a text that does not fit, accepted is a text of at most 100 characters",
    });
    await expect(
      client().accounts.create({ ...account, company: { ...company, owner: "me" } } as never),
    ).rejects.toMatchObject({ message: expect.stringContaining("company.owner is unknown") });
  });

  it("have the statuses and roles of TikTok's list; one that is not on it can not be used", () => {
    expect(Object.keys(accountStatuses)).toHaveLength(13);
    expect(Object.entries(accountStatuses).filter(([, { usable }]) => usable)).toEqual([
      ["STATUS_ENABLE", expect.anything()],
    ]);
    expect(Object.keys(accountRoles)).toHaveLength(4);
    for (const status of ["STATUS_NEW", "constructor", ""]) expect(readAccountStatus(status).usable).toBe(false);
  });
});

describe("calls of the Business API", () => {
  /** A server that answers what it is told to, one after the other, and keeps the requests. */
  async function serve(...answers: (object | number | "cut" | "html")[]) {
    const requests: { url: string; token: string | undefined }[] = [];
    const server = createServer((request, response) => {
      requests.push({ url: request.url ?? "", token: request.headers["access-token"] as string | undefined });
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      if (answer === "cut") return request.socket.destroy();
      const { redirect: location } = Object(answer) as { redirect?: string };
      if (location) return response.writeHead(307, { location }).end();
      if (typeof answer === "number") return response.writeHead(answer).end();
      const isHtml = answer === "html";
      response.writeHead(200, { "content-type": isHtml ? "text/html" : "application/json" });
      response.end(isHtml ? "<html>" : JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
  }
  const good = { code: 0, message: "OK", data: { list: [{ advertiser_id: "1", name: "One" }] } };

  it.each([
    ["a passing error", { code: 50000, message: "System error" }],
    ["a server that is down", 503],
    ["a limit by HTTP", 429],
    ["a cut connection", "cut" as const],
    ["HTML with a 5xx", 502],
  ])("are made again after %s", async (_, answer) => {
    const { baseUrl, requests } = await serve(answer, answer, good);
    expect(await client("token", { baseUrl }).accounts.info(["1"])).toMatchObject([{ id: "1" }]);
    expect(requests).toHaveLength(3);
  });

  it("wait out a limit as long as TikTok says: a second, or five minutes", async () => {
    const { baseUrl } = await serve(
      { code: 40100, message: "App 7 reaches the QPS limit 10, current QPS is 11" },
      { code: 40100, message: "App 7 reaches the QPM limit 600" },
      good,
    );
    const waits: number[] = [];
    const sleep = async (time: number) => void waits.push(time);
    await client("token", { baseUrl, sleep, backoff: { base: 0, cap: 0 } }).accounts.info(["1"]);
    expect(waits).toEqual([1_000, 300_000]);
  });

  it.each([
    ["a limit by the day", { code: 40100, message: "App 7 reaches the QPD limit" }, 40100],
    ["a wrong token", { code: 40105, message: "Access token is incorrect", request_id: "r-1" }, 40105],
    ["a refusal", { code: 40002, message: "advertiser_ids: wrong" }, 40002],
    ["HTML", "html" as const, undefined],
    ["404", 404, undefined],
    ["a redirect, which it does not follow", { redirect: "/elsewhere" }, undefined],
  ])("are not made again after %s", async (_, answer, code) => {
    const { baseUrl, requests } = await serve(answer);
    const now = () => Date.UTC(2026, 0, 1, 12);
    const failure = await client("token", { baseUrl, now })
      .accounts.info(["1"])
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TikTokBusinessError);
    expect((failure as TikTokBusinessError).code).toBe(code);
    expect(requests).toHaveLength(1);
  });

  it("that make something are not made again when nobody knows whether they were carried out", async () => {
    const { baseUrl, requests } = await serve("cut", good);
    const company = { name: "New GmbH", industry: "1", registeredArea: "DE" };
    const account = { businessCenterId: "1", name: "New", currency: "EUR", timezone: "UTC", company };
    await expect(client("token", { baseUrl }).accounts.create(account)).rejects.toThrow("no whole answer");
    expect(requests).toHaveLength(1);
  });

  it("end after so many attempts, and tell no token", async () => {
    const { baseUrl, requests } = await serve({
      code: 50000,
      message: "token secret-token-9 failed for ada@example.com",
    });
    const failure = await client("secret-token-9", { baseUrl, attempts: 3 })
      .accounts.info(["1"])
      .catch((error: Error) => error);
    expect(requests.map(({ token }) => token)).toEqual(["secret-token-9", "secret-token-9", "secret-token-9"]);
    expect(String((failure as Error).stack)).not.toMatch(/secret-token-9|ada@/);
    expect((failure as Error).message).toBe("/advertiser/info/: code 50000: token … failed for …");
  });

  it("to one endpoint are spread over the second, whatever those to others do", async () => {
    let elapsed = 0;
    const turns: number[] = [];
    const sleep = async (time: number) => void turns.push(elapsed + time);
    const { accounts } = client("token", { callsPerSecond: 10, elapsed: () => elapsed, sleep });
    await Promise.all(Array.from({ length: 4 }, () => accounts.info(["7000000000000000001"])));
    expect(turns).toEqual([100, 200, 300]);
    elapsed = 1_000;
    await accounts.info(["7000000000000000001"]);
    await list(accounts.businessCenters());
    expect(turns).toHaveLength(3);
  });

  it("tell a wrong option by its name", () => {
    expect(() => tiktokBusiness({ accessToken: "" })).toThrow(
      expect.objectContaining({
        code: "invalid_option",
        message: "tiktokBusiness: accessToken is an empty text, accepted is a text that is not empty, or a function",
      }),
    );
    expect(() => client("token", { retries: 3 })).toThrow("retries is unknown");
    expect(() => oauth({ redirectUri: "back" })).toThrow("redirectUri");
  });

  it("with a token that is wrong are refused", async () => {
    await expect(client("bad-token").accounts.info(["1"])).rejects.toMatchObject({ code: 40105 });
  });
});
