import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CollectReply, createTracker, memoryOutbox, metaConversions, type Tracker } from "../../src/index.js";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { createShopTracker } from "../shop.js";
import { emailHash, envelope, pixelEvent } from "./batch.js";

let sandbox: Sandbox;
let tracker: Tracker;
beforeEach(async () => {
  sandbox = await createSandbox();
  tracker = createShopTracker(sandbox, { collector: { origins: ["https://shop.example"] } });
});
afterEach(async () => {
  await tracker.close();
  await sandbox.close();
});

interface Post {
  method?: string;
  headers?: Record<string, string>;
  remoteAddress?: string;
}

function post(body: unknown, { method = "POST", headers = {}, remoteAddress = "127.0.0.1" }: Post = {}) {
  const request = new Request("https://collect.example/collect", {
    method,
    body: method === "POST" ? (typeof body === "string" ? body : JSON.stringify(body)) : null,
    headers: { "Content-Type": "text/plain;charset=UTF-8", "User-Agent": "Mozilla/5.0 (test)", ...headers },
  });
  return tracker.collect(request, { remoteAddress });
}

const reply = async (response: Response) => (await response.json()) as CollectReply;
const payloads = (endpoint: string) =>
  sandbox
    .events()
    .filter((event) => event.endpoint === endpoint)
    .map(({ payload }) => payload as Record<string, never>);

describe("collect", () => {
  it("answers 202 with the ids, and both vendors get the event with the client's address and agent", async () => {
    const response = await post(envelope(pixelEvent("1")), {
      headers: { "X-Forwarded-For": "6.6.6.6, 168.212.226.204" },
    });
    expect(response.status).toBe(202);
    expect(await reply(response)).toEqual({ accepted: ["1"], rejected: [], issues: [] });
    await tracker.flush();
    expect(payloads("meta.conversions")).toMatchObject([
      {
        event_id: "1",
        event_source_url: "https://shop.example/thanks",
        user_data: { em: emailHash, client_ip_address: "168.212.226.204", client_user_agent: "Mozilla/5.0 (test)" },
      },
    ]);
    expect(payloads("tiktok.events")).toMatchObject([
      { event_id: "1", user: { email: emailHash, ip: "168.212.226.204", ttclid: "E.C.P.AbC" } },
    ]);
  });

  it("tells a page of an event that no destination takes", async () => {
    const destinations = [metaConversions({ datasetId: "1000000000001", accessToken: "any", baseUrl: sandbox.url })];
    await using web = createTracker({ destinations });
    const app = { source: "app", device: { platform: "ios", osVersion: "18.2" } };
    const body = JSON.stringify(envelope(pixelEvent("1", { context: app })));
    const { accepted, issues } = await reply(
      await web.collect(
        new Request("https://collect.example/collect", {
          method: "POST",
          body,
          headers: { "Content-Type": "text/plain" },
        }),
      ),
    );
    expect(accepted).toEqual(["1"]);
    expect(issues).toMatchObject([{ id: "1", issues: [{ severity: "warning", code: "unsupported_source" }] }]);
  });

  it("takes e-mail addresses out of what a page says of itself, and cuts what is too long, as other senders may not", async () => {
    const page = {
      url: `https://shop.example/thanks?mail=ada%40example.com&rest=${"r".repeat(5_000)}`,
      referrer: `https://pay.example/${"p".repeat(4_070)}/ada@example.com`,
      title: `Thanks, ada@example.com${"!".repeat(600)}`,
    };
    await post(envelope(pixelEvent("1", { context: { source: "web", page } })));
    await tracker.flush();
    const url = "https://shop.example/thanks?mail=[email]";
    expect(payloads("meta.conversions")).toMatchObject([{ event_source_url: url }]);
    const referrer = `https://pay.example/${"p".repeat(4_070)}/`;
    expect(payloads("tiktok.events")).toMatchObject([{ page: { url, referrer } }]);
    expect(JSON.stringify(sandbox.events())).not.toMatch(/ada(@|%40)example/);
  });

  it("says what is wrong with an event that it takes all the same", async () => {
    const response = await post(
      envelope(pixelEvent("1", { properties: { currency: "EUR", value: "21.97", valu: 1 } })),
    );
    const { accepted, rejected, issues } = await reply(response);
    expect([accepted, rejected]).toEqual([["1"], []]);
    expect(issues.map(({ id, issues }) => [id, issues.map(({ code, path }) => [code, path])])).toEqual([
      [
        "1",
        [
          ["wrong_type", "properties.value"],
          ["unknown_property", "properties.valu"],
        ],
      ],
    ]);
  });

  it("believes no claim of a page to an address, an agent, another source, or a vendor's own field", async () => {
    await post(
      envelope(
        pixelEvent("1", {
          context: {
            ...pixelEvent("1").context,
            ip: "6.6.6.6",
            userAgent: "forged",
            lead: { tiktok: "7" },
            device: { platform: "ios" },
          },
          user: { email: "ada@example.com" },
          matchKeys: {
            meta: { em: emailHash, client_ip_address: "6.6.6.6", ph: "+16505551212" },
            other: { em: emailHash },
          },
        }),
      ),
      { remoteAddress: "168.212.226.204", headers: { "X-Forwarded-For": "6.6.6.6" } },
    );
    await tracker.flush();
    const [conversion] = payloads("meta.conversions") as unknown as [{ user_data: object }];
    expect(conversion.user_data).toEqual({
      em: emailHash,
      client_ip_address: "168.212.226.204",
      client_user_agent: "Mozilla/5.0 (test)",
      fbp: "fb.1.1558571054389.1098115397",
    });
    expect(JSON.stringify(sandbox.requests().map(({ body }) => body))).not.toMatch(/6\.6\.6\.6|forged|ada@|6505551212/);
    const crm = await post(envelope(pixelEvent("2", { context: { source: "crm", lead: { tiktok: "7" } } })));
    expect((await reply(crm)).rejected).toMatchObject([{ id: "2", issues: [{ path: "context.source" }] }]);
  });

  it("sends on no hash of nothing, by which all who have no address would be one person", async () => {
    const hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const matchKeys = { meta: { em: hash, ph: [hash, emailHash] }, tiktok: { email: hash.toUpperCase() } };
    await post(envelope(pixelEvent("1", { matchKeys })));
    await tracker.flush();
    expect(payloads("meta.conversions")[0]?.user_data).toMatchObject({ ph: emailHash });
    expect(JSON.stringify(sandbox.requests().map(({ body }) => body))).not.toMatch(/e3b0c442/i);
  });

  it("sends on no address that is not public", async () => {
    await post(envelope(pixelEvent("1")), { remoteAddress: "10.0.0.9" });
    await tracker.flush();
    expect(payloads("meta.conversions")[0]?.user_data).not.toHaveProperty("client_ip_address");
  });

  it("lets one bad event not spoil its batch, and says what is wrong with each", async () => {
    const response = await post(
      envelope(
        pixelEvent("good"),
        pixelEvent("no-value", { properties: { currency: "EUR" } }),
        { id: "no-name", time: 1 },
        pixelEvent("no time", {}),
        pixelEvent("late", { time: "now" }),
        "nonsense",
        pixelEvent("deep", { properties: JSON.parse(`${'{"a":'.repeat(50)}1${"}".repeat(50)}`) }),
      ),
    );
    expect(response.status).toBe(202);
    const { accepted, rejected } = await reply(response);
    // TikTok takes a purchase without a value, Meta does not: it is kept for the one that does.
    expect(accepted).toEqual(["good", "no-value"]);
    expect(rejected.map(({ id, issues }) => [id, issues[0]?.path])).toEqual([
      ["no-name", "name"],
      [undefined, "id"],
      ["late", "time"],
      [undefined, "id"],
      ["deep", "properties"],
    ]);
  });

  it("corrects times by the page's clock, and lets none be in the future", async () => {
    const hour = 3_600_000;
    const behind = Date.now() - hour;
    await post({ sentAt: behind, events: [pixelEvent("behind", { time: behind - 5_000 })] });
    await post({ sentAt: Date.now() + hour, events: [pixelEvent("ahead", { time: Date.now() + hour })] });
    await post({ sentAt: Date.now() - hour, events: [pixelEvent("odd", { time: Date.now() + hour })] });
    await tracker.flush();
    const times = new Map(
      payloads("meta.conversions").map((event) => [event.event_id, Number(event.event_time) * 1_000]),
    );
    expect(Math.abs((times.get("behind" as never) ?? 0) - (Date.now() - 5_000))).toBeLessThan(2_000);
    for (const id of ["ahead", "odd"]) expect(times.get(id as never)).toBeLessThanOrEqual(Date.now());
    expect(sandbox.requests().every(({ status }) => status === 200)).toBe(true);
  });

  it("leaves TikTok's page view to the tag that reported it, and sends the others", async () => {
    await post(envelope(pixelEvent("1", { name: "PageView", properties: {}, tags: ["tiktok", "meta"] })));
    await post(envelope(pixelEvent("2", { name: "PageView", properties: {}, tags: ["meta"] })));
    await tracker.flush();
    expect(payloads("tiktok.events").map(({ event_id }) => event_id)).toEqual(["2"]);
    expect(payloads("meta.conversions").map(({ event_id }) => event_id)).toEqual(["1", "2"]);
  });

  it("takes a page view for TikTok once the pixel says that the tag never sent it, and counts no other twice", async () => {
    const pageView = (tags: string[]) => envelope(pixelEvent("1", { name: "PageView", properties: {}, tags }));
    await post(pageView(["tiktok", "meta"]));
    await post(pageView(["meta"]));
    await post(pageView(["meta"]));
    await tracker.flush();
    expect(payloads("tiktok.events").map(({ event_id }) => event_id)).toEqual(["1"]);
    expect(payloads("meta.conversions").map(({ event_id }) => event_id)).toEqual(["1"]);
  });

  it("takes no event without consent", async () => {
    const { accepted, rejected } = await reply(
      await post(envelope(pixelEvent("1", { consent: { advertising: "yes" } }))),
    );
    expect(accepted).toEqual([]);
    expect(rejected).toMatchObject([{ id: "1", issues: [{ code: "consent" }] }]);
    await tracker.flush();
    expect(sandbox.requests()).toEqual([]);
  });
});

describe("collect refuses with a 4xx", () => {
  it.each<[number, string, unknown, Post]>([
    [405, "another method", undefined, { method: "GET" }],
    [415, "another content type", "{}", { headers: { "Content-Type": "multipart/form-data" } }],
    [400, "what is no JSON", "{", {}],
    [400, "JSON that is no batch", "[]", {}],
    [400, "events that are no list", { events: {} }, {}],
    [400, "an empty body", "", {}],
    [413, "too much", JSON.stringify({ events: ["x".repeat(300_000)] }), {}],
    [403, "a foreign origin", { events: [] }, { headers: { Origin: "https://evil.example" } }],
  ])("%i: %s", async (status, _, body, init) => {
    const response = await post(body, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toHaveProperty("error");
  });

  it("never with a 5xx, whatever comes", async () => {
    const hostile: unknown[] = [
      null,
      1,
      "x",
      [],
      {},
      { __proto__: null },
      { constructor: 1 },
      "\u0000",
      "\ud800",
      1e308,
      "=".repeat(9_999),
    ];
    for (const value of hostile) {
      for (const field of ["id", "name", "time", "properties", "matchKeys", "context", "consent", "tags"]) {
        const response = await post(envelope(pixelEvent("1", { [field]: value })));
        expect(response.status).toBe(202);
      }
      const inContext = pixelEvent("1", {
        context: { source: "app", page: value, clicks: value, app: value, device: value },
      });
      expect((await post(envelope(inContext))).status).toBe(202);
    }
  });

  it("a batch of more events than it takes, event by event", async () => {
    const { accepted, rejected } = await reply(
      await post(envelope(...Array.from({ length: 101 }, (_, index) => pixelEvent(`${index}`)))),
    );
    expect(accepted).toHaveLength(100);
    expect(rejected).toMatchObject([{ id: "100", issues: [{ code: "too_many" }] }]);
  });
});

describe("collect and browsers", () => {
  it("answers the preflight and names the one origin", async () => {
    const response = await post(undefined, { method: "OPTIONS", headers: { Origin: "https://shop.example" } });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    expect(response.headers.get("access-control-allow-credentials")).toBe("true");
    expect(response.headers.get("vary")).toBe("Origin");
  });

  it("always takes its own host's pages", async () => {
    const response = await post(envelope(pixelEvent("1")), { headers: { Origin: "http://collect.example" } });
    expect(response.status).toBe(202);
  });
});

describe("collect under pressure", () => {
  it("answers 503 with Retry-After when the outbox is full, and 503 once closed", async () => {
    const full = createShopTracker(sandbox, { outbox: memoryOutbox({ maxParcels: 1 }) });
    const request = () =>
      new Request("https://shop.example/collect", {
        method: "POST",
        body: JSON.stringify(envelope(pixelEvent("1"))),
        headers: { "Content-Type": "application/json", "User-Agent": "test", Origin: "https://shop.example" },
      });
    const refused = await full.collect(request());
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    // Without this a page of another origin could not read it.
    expect(refused.headers.get("access-control-expose-headers")).toBe("Retry-After");
    await full.close();
    expect((await full.collect(request())).status).toBe(503);
    expect(sandbox.requests()).toEqual([]);
  });
});
