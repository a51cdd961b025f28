import { createHash, createHmac } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  createTracker,
  type Destination,
  memoryOutbox,
  metaAppEvents,
  metaConversions,
  type Tracker,
  type Transport,
  tiktokEvents,
} from "../src/index.js";
import { createSandbox, type Sandbox } from "../src/sandbox/index.js";
import { sqliteOutbox } from "../src/sqlite/index.js";
import { undiciTransport } from "../src/undici/index.js";
import { until } from "./delivery/stub.js";
import { registerOpenTelemetry } from "./open-telemetry.js";
import { appContext, consent, tokens, webContext } from "./shop.js";

const person = { email: "grace.hopper@navy.example", phone: "+16505550142", externalId: "customer-81f3" };
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const advertisingId = appContext(7).device?.advertisingId ?? "";

/** What must be seen nowhere, and what it is. */
const secrets: Readonly<Record<string, string>> = {
  [tokens.tiktok]: "TikTok's token",
  [tokens.meta]: "Meta's token",
  [tokens.appSecret]: "the app's secret",
  "wrong-option-token": "a token in a wrong option",
  [createHmac("sha256", tokens.appSecret).update(tokens.meta).digest("hex")]: "appsecret_proof",
  [person.email]: "the e-mail address",
  "grace.hopper%40navy": "the e-mail address in a URL",
  [sha256(person.email)]: "the e-mail address, hashed",
  "6505550142": "the telephone number",
  [sha256("+16505550142")]: "the telephone number, hashed for TikTok",
  [sha256("16505550142")]: "the telephone number, hashed for Meta",
  [person.externalId]: "the external id",
  [sha256(person.externalId)]: "the external id, hashed",
  [advertisingId]: "the advertising id",
  [webContext.ip ?? ""]: "the address",
};

let sandbox: Sandbox;
let sdk: ReturnType<typeof registerOpenTelemetry>;
/** Everything that came out of the SDK, with where. */
let seen: [where: string, text: string][];
beforeEach(async () => {
  sandbox = await createSandbox();
  sdk = registerOpenTelemetry();
  seen = [];
  const note = (where: string, ...what: unknown[]) => void seen.push([where, what.map(show).join(" ")]);
  for (const method of ["debug", "log", "info", "warn", "error", "trace"] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => note(`console.${method}`, ...args));
  }
  for (const stream of ["stdout", "stderr"] as const) {
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      note(stream, text);
      return true;
    });
  }
  process.on("warning", onWarning);
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.off("warning", onWarning);
  await sdk.unregister();
  await sandbox.close();
});

function onWarning(warning: Error) {
  seen.push(["process warning", show(warning)]);
}

/** With hidden members, causes and stacks. */
function show(what: unknown): string {
  return typeof what === "string" ? what : inspect(what, { depth: 12, showHidden: true, maxStringLength: null });
}

function destinations(baseUrl: string): Destination[] {
  return [
    tiktokEvents({ pixelCode: "C0PIXEL", accessToken: tokens.tiktok, baseUrl }),
    metaConversions({ datasetId: "123456", accessToken: tokens.meta, appSecret: tokens.appSecret, baseUrl }),
    metaAppEvents({ appId: "987654", appSecret: tokens.appSecret, baseUrl }),
  ];
}

function watch(tracker: Tracker): Tracker {
  const kinds = ["delivered", "retrying", "dead", "dropped", "paused", "claimed", "warning"] as const;
  for (const kind of kinds) tracker.on(kind, (news) => seen.push([`on ${kind}`, show(news)]));
  return tracker;
}

/** Web and app events of one person, good ones and bad ones, by both ways in. */
async function traffic(tracker: Tracker, custom: object = { note: person.email }) {
  const tracked = [
    tracker.track("Purchase", { currency: "EUR", value: 1 }, { context: webContext, consent, user: person }),
    tracker.track("Purchase", { currency: "EUR" } as never, { context: webContext, consent, user: person }),
    tracker.track("Contact", {}, { context: webContext, consent, user: { email: `${person.email} and more` } }),
    tracker.track("Contact", {}, { context: webContext, consent, user: { emial: person.email } as never }),
    tracker.track("Contact", custom as never, { context: webContext, consent, user: person }),
    tracker.track("ActivateApp", {}, { context: appContext(7), consent, user: person }),
    tracker.track("MobileAppInstall", {}, { context: appContext(7), consent, user: person }),
    tracker.track("Contact", {}, { context: webContext, consent: {}, user: person }),
    tracker.track("Contact", {}, { context: webContext, consent, user: person, time: Date.now() + 3_600_000 }),
  ];
  for (const result of await Promise.allSettled(tracked)) seen.push(["track", show(result)]);
  const event = {
    id: "page-1",
    name: "Contact",
    time: Date.now(),
    properties: {},
    context: { source: "web", page: webContext.page },
    consent: { advertising: true },
    user: person,
    matchKeys: { meta: { em: sha256(person.email), ph: "6505550142" }, tiktok: { email: sha256(person.email) } },
  };
  for (const body of [JSON.stringify({ sentAt: Date.now(), events: [event, { ...event, name: 5 }] }), person.email]) {
    const headers = {
      "content-type": "text/plain",
      "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140",
    };
    const request = new Request("https://shop.example/collect", { method: "POST", body, headers });
    const response = await tracker.collect(request, { remoteAddress: webContext.ip ?? "" });
    seen.push(["collect", `${response.status} ${show(Object.fromEntries(response.headers))} ${await response.text()}`]);
  }
}

/** A vendor, or a proxy before it, that repeats in its error all that it was sent, in the words of the answer. */
function echo(
  toAnswer: (said: string) => { status?: number; body: unknown; headers?: Record<string, string> },
): Transport {
  return async ({ url, headers, body }) => {
    const said = `${url} ${Object.values(headers).join(" ")} ${body} ${decodeURIComponent(body)}`;
    // Each in turn near the front, where it is not cut off.
    const words = [...Object.keys(secrets).filter((secret) => said.includes(secret)), said].join(" ; ");
    const answer = toAnswer(words);
    const text = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    return { status: answer.status ?? 200, headers: new Headers(answer.headers), body: text };
  };
}

const error = (code: number, said: string, more: object = {}) => ({
  status: 400,
  body: {
    code: code === 100 ? 40002 : 40105,
    message: said,
    error: { code, message: said, error_user_msg: said, ...more },
  },
});

const vendors: Readonly<Record<string, Transport>> = {
  "refuse and repeat": echo((said) => error(100, said)),
  "find the token bad and repeat": echo((said) => error(190, said, { error_subcode: 463 })),
  "limit and repeat": echo((said) => ({ ...error(4, said), headers: { "x-app-usage": said.slice(0, 9) } })),
  "drop and repeat": echo((said) => ({ body: { code: 40002, message: said, success: false, drop_reason: said } })),
  "code and subcode that are texts": echo((said) => ({
    body: { code: 50000, message: said, error: { code: said, error_subcode: said, message: said } },
  })),
  "break with a page": echo((said) => ({ status: 502, body: `<html>${said}</html>` })),
  "wrong path": echo((said) => ({ status: 404, body: said })),
  "an error that tells all": ({ url, headers, body }) =>
    Promise.reject(
      Object.assign(new TypeError(`${url} ${show(headers)} ${body}`, { cause: { code: show(headers), body } }), {
        code: body,
        name: tokens.meta,
      }),
    ),
};

async function finish(tracker: Tracker) {
  await until(async () => {
    await tracker.flush({ timeout: 50 });
    const { destinations } = await tracker.status();
    return destinations.every(({ underWay }) => underWay === 0);
  });
  seen.push(["status", show(await tracker.status())]);
  for (const { reason, detail, name, destination } of await tracker.deadLetters()) {
    seen.push(["dead letter", `${destination} ${name} ${reason} ${detail}`]);
  }
  seen.push(["close", show(await tracker.close({ timeout: 1 }))]);
  seen.push(["tracker", show(tracker)]);
  await expectNothing();
}

async function expectNothing() {
  for (const { name, attributes, events, links, status, resource } of sdk.spans()) {
    seen.push(["span", show({ name, attributes, events, links, status, resource })]);
  }
  seen.push(["metrics", show(await sdk.metrics())]);
  const leaks = seen.flatMap(([where, text]) =>
    Object.entries(secrets)
      .filter(([secret]) => text.includes(secret))
      .map(([, what]) => `${what} in ${where}: ${text.slice(0, 300)}`),
  );
  expect(leaks).toEqual([]);
}

it.each(Object.keys(vendors))("vendors that %s", async (name) => {
  const tracker = watch(
    createTracker({
      destinations: destinations("https://vendor.example"),
      transport: vendors[name] as Transport,
      backoff: { base: 1, cap: 2 },
      maxAttempts: 2,
    }),
  );
  await traffic(tracker);
  await finish(tracker);
  // Otherwise nothing was tried.
  expect(seen.some(([where]) => where === "on dead" || where === "on paused" || where === "on retrying")).toBe(true);
});

it.each([
  ["delivers", {}],
  ["bad tokens", { badTokens: [tokens.tiktok, tokens.meta, `987654|${tokens.appSecret}`] }],
  ["expired tokens", { expiredTokens: [tokens.tiktok, tokens.meta, `987654|${tokens.appSecret}`] }],
])("the sandbox: %s", async (_, options) => {
  await using own = await createSandbox(options);
  const transport = undiciTransport();
  const tracker = watch(createTracker({ destinations: destinations(own.url), transport }));
  await traffic(tracker);
  await finish(tracker);
  await transport.close();
});

it("nobody there, a full outbox, a closed tracker", async () => {
  const tracker = watch(
    createTracker({ destinations: destinations("http://127.0.0.1:1"), outbox: memoryOutbox({ maxParcels: 3 }) }),
  );
  await traffic(tracker);
  await tracker.close({ timeout: 20 });
  await traffic(tracker);
  await expectNothing();
});

it("wrong options", async () => {
  const token = "wrong-option-token";
  const attempts: (() => unknown)[] = [
    () => tiktokEvents({ accessToken: { token } as never, pixelCode: "C" }),
    () => tiktokEvents({ accessToken: token }),
    () => tiktokEvents({ accessToken: token, pixelCode: "C", baseUrl: token }),
    () => metaConversions({ accessToken: token, datasetId: 5 as never }),
    () => metaConversions({ accessToken: [token] as never, datasetId: "1" }),
    () => metaConversions({ accessToken: "t", datasetId: "1", appSecret: { token } as never }),
    () => metaAppEvents({ appId: "1", appSecret: 5 as never, version: token }),
    () => createTracker({ destinations: [{ accessToken: token }] as never }),
    () => createTracker({ destinations: [] as never, outbox: token as never }),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
      expect.unreachable();
    } catch (thrown) {
      seen.push(["thrown", show(thrown)]);
    }
  }
  seen.push(["destination", show(destinations("https://vendor.example"))]);
  seen.push(["destination as JSON", JSON.stringify(destinations("https://vendor.example"))]);
  await expectNothing();
});

it("the outbox's file holds no token and nothing in the clear, and there is no other file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "beaconry-leaks-"));
  const outbox = sqliteOutbox({ path: join(folder, "outbox.db") });
  const transport = vendors["refuse and repeat"] as Transport;
  const tracker = watch(createTracker({ destinations: destinations("https://vendor.example"), outbox, transport }));
  // A property of the app's own goes as the app gave it.
  await traffic(tracker, {});
  await finish(tracker);
  const files = await readdir(folder);
  expect(files.filter((name) => !name.startsWith("outbox.db"))).toEqual([]);
  const inClear = [tokens.tiktok, tokens.meta, tokens.appSecret, person.email, person.externalId, "6505550142"];
  for (const name of files) {
    const bytes = await readFile(join(folder, name));
    expect(inClear.filter((secret) => bytes.includes(secret))).toEqual([]);
  }
  await rm(folder, { recursive: true });
});
