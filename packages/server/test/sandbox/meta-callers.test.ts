import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { appForm, metaError, metaEvent, NOW, toApp, toMeta } from "./calls.js";

// What Meta says to a call before it looks at the events in it.

const SECRET = "app-secret";
let now = NOW;
let sandbox: Sandbox;
let proving: Sandbox;
beforeAll(async () => {
  const tokens = { badTokens: ["wrong", "4321|wrong"], expiredTokens: ["old", "4321|old"] };
  sandbox = await createSandbox({ ...tokens, now: () => now });
  proving = await createSandbox({ appSecret: SECRET, now: () => now });
});
beforeEach(() => {
  now = NOW;
  sandbox.reset();
  proving.reset();
});
afterAll(() => Promise.all([sandbox.close(), proving.close()]));

const body = JSON.stringify({ data: [metaEvent()] });
async function post(path: string, headers: Record<string, string> = {}, method = "POST") {
  const json = { "content-type": "application/json", ...headers };
  const response = await fetch(`${sandbox.url}${path}`, { method, headers: json, ...(method === "POST" && { body }) });
  const answer = (await response.json()) as { error?: Record<string, unknown> };
  return { status: response.status, ...answer };
}
const proof = (token: string, secret = SECRET) => createHmac("sha256", secret).update(token).digest("hex");

describe("tokens", () => {
  test("are taken from the query, a form, the JSON body and Authorization, and never kept", async () => {
    expect((await post("/v26.0/1/events?access_token=good-token")).status).toBe(200);
    expect((await post("/v26.0/1/events", { authorization: "Bearer good-token" })).status).toBe(200);
    expect((await toMeta(sandbox, [metaEvent()], { access_token: "good-token" })).status).toBe(200);
    const form = new URLSearchParams({ access_token: "good-token", data: JSON.stringify([metaEvent()]) });
    expect((await fetch(`${sandbox.url}/v26.0/1/events`, { method: "POST", body: form })).status).toBe(200);
    expect(JSON.stringify([sandbox.requests(), sandbox.events()])).not.toContain("good-token");
  });

  test.each([
    ["wrong", undefined],
    ["", undefined],
    [null, undefined],
    [7, undefined],
    ["old", 463],
  ])("%j is 401 with code 190", async (token, subcode) => {
    const answer = await toMeta(sandbox, [metaEvent()], { access_token: token });
    const { error_subcode, ...error } = metaError(answer);
    expect([answer.status, error_subcode]).toEqual([401, subcode]);
    expect(error).toEqual({
      code: 190,
      type: "OAuthException",
      message: expect.any(String),
      fbtrace_id: expect.any(String),
    });
  });

  test.each([
    [undefined, undefined],
    ["4321|wrong", undefined],
    ["4321|old", 463],
  ])("App Events: %j is 401 with code 190", async (token, subcode) => {
    const answer = await toApp(sandbox, appForm({ access_token: token }));
    expect([answer.status, metaError(answer).code, metaError(answer).error_subcode]).toEqual([401, 190, subcode]);
  });

  test("App Events: another app's is 403 with code 200", async () => {
    const answer = await toApp(sandbox, appForm({ access_token: "99|secret" }));
    expect([answer.status, metaError(answer).code]).toEqual([403, 200]);
    expect((await toApp(sandbox, appForm({ access_token: "a-user-of-the-app" }))).status).toBe(200);
  });

  test("App Events: one in a header is not known to be read", async () => {
    const form = new URLSearchParams(Object.entries(appForm()).filter(([key]) => key !== "access_token"));
    const headers = { "X-Forwarded-For": "203.0.113.7", authorization: "Bearer 4321|secret" };
    const response = await fetch(`${sandbox.url}/4321/activities`, { method: "POST", headers, body: form });
    expect(response.status).toBe(401);
  });

  test.each([
    ["broken JSON", "application/json", '{"access_token":"the-secret", "data": [}'],
    ["JSON within JSON", "application/json", '"{\\"access_token\\":\\"the-secret\\"}'],
    ["a form of an unknown type", "text/plain", "access_token=the-secret&data=[]"],
    ["half a multipart form", "multipart/form-data; boundary=x", '--x\r\nname="access_token"\r\n\r\nthe-secret\r\n'],
    ["a proof", "text/plain", "appsecret_proof=the-secret"],
  ])("in %s is not kept", async (_, type, text) => {
    for (const path of ["v26.0/1/events", "4321/activities"]) {
      await fetch(`${sandbox.url}/${path}`, { method: "POST", headers: { "content-type": type }, body: text });
    }
    expect(sandbox.requests()).toHaveLength(2);
    expect(JSON.stringify(sandbox.requests())).not.toContain("the-secret");
    expect(JSON.stringify(sandbox.requests()[0])).toContain("[redacted]");
  });
});

describe("appsecret_proof", () => {
  const proved = (given: unknown) => toMeta(proving, [metaEvent()], { access_token: "t", appsecret_proof: given });
  const methodError = (message: string) => ({
    error: { type: "GraphMethodException", code: 100, message, fbtrace_id: expect.any(String) },
  });

  test("right, where the app demands it", async () => {
    expect((await proved(proof("t"))).status).toBe(200);
    expect(JSON.stringify(proving.requests())).not.toContain(proof("t"));
  });

  test("none", async () => {
    const message = "API calls from the server require an appsecret_proof argument";
    expect(await proved(undefined)).toEqual({ status: 400, body: methodError(message) });
  });

  test.each([
    ["of another token", proof("u")],
    ["with another secret", proof("t", "another")],
    ["of the secret under the token", proof(SECRET, "t")],
    ["in upper case", proof("t").toUpperCase()],
    ["that is no text", 5],
  ])("one %s", async (_, given) => {
    const message = "Invalid appsecret_proof provided in the API argument";
    expect(await proved(given)).toEqual({ status: 400, body: methodError(message) });
    expect(proving.events()).toEqual([]);
  });

  test("where the secret is not known, one of the right form is taken", async () => {
    const send = (given: string) => toMeta(sandbox, [metaEvent()], { appsecret_proof: given });
    expect((await send(proof("t", "any"))).status).toBe(200);
    expect((await send("0123")).status).toBe(400);
  });

  test("App Events: an app token has the secret in it", async () => {
    const send = (given: string) =>
      toApp(sandbox, appForm({ access_token: "4321|app-secret", appsecret_proof: given }));
    expect((await send(proof("4321|app-secret"))).status).toBe(200);
    expect((await send(proof("4321|app-secret", "another"))).body).toEqual(
      methodError("Invalid appsecret_proof provided in the API argument"),
    );
    expect(JSON.stringify(sandbox.events())).not.toContain(proof("4321|app-secret"));
  });
});

describe("ids, paths and methods there are not: 400 with code 100 and subcode 33", () => {
  test.each([
    ["POST", "/v26.0/1/nothing", "1"],
    ["POST", "/v26.0/my-dataset/events", "my-dataset"],
    ["POST", "/v26.0/12%2F3/events", "12/3"],
    ["POST", "/my-app/activities", "my-app"],
    ["POST", "/123/nothing", "123"],
    ["GET", "/v26.0/1/events", "1"],
    ["PUT", "/v26.0/1/events", "1"],
    ["DELETE", "/4321/activities", "4321"],
  ])("%s %s", async (method, path, id) => {
    const message = expect.stringContaining(`Unsupported ${method.toLowerCase()} request. Object with ID '${id}'`);
    expect(await post(`${path}?access_token=t`, {}, method)).toEqual({
      status: 400,
      error: { type: "GraphMethodException", code: 100, error_subcode: 33, message, fbtrace_id: expect.any(String) },
    });
  });

  test("the Conversions API without a version is not documented", async () => {
    expect(await post("/1/events?access_token=t")).toMatchObject({ status: 400, error: { error_subcode: 33 } });
  });
});

describe("versions", () => {
  const code = async (version: string) => (await post(`/${version}/1/events?access_token=t`)).error?.code;

  test("that have expired are 400 with code 2635", async () => {
    expect(await post("/v20.0/1/events?access_token=t")).toMatchObject({ status: 400, error: { code: 2635 } });
    expect(await code("v3.1")).toBe(2635);
    expect([await code("v21.0"), await code("v26.0"), await code("v27.0")]).toEqual([undefined, undefined, undefined]);
  });

  test("expire on their days", async () => {
    now = Date.UTC(2028, 1, 17);
    const tooOld = 100;
    expect([await code("v23.0"), await code("v24.0")]).toEqual([2635, tooOld]);
    now = Date.UTC(2028, 1, 18);
    expect([await code("v24.0"), await code("v25.0")]).toEqual([2635, tooOld]);
  });

  test("of App Events do not: Meta's SDKs have old ones built in", async () => {
    expect((await toApp(sandbox, appForm(), { path: "/v16.0/4321/activities" })).status).toBe(200);
  });
});
