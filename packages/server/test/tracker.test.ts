import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTracker, memoryOutbox, metaConversions, type Tracker, type TrackerNews } from "../src/index.js";
import { createSandbox, type Sandbox } from "../src/sandbox/index.js";
import { appContext, consent, createShopTracker, tokens, webContext } from "./shop.js";

/** By another implementation of SHA-256 than ours. */
const emailHash = await crypto.subtle
  .digest("SHA-256", new TextEncoder().encode("ada@example.com"))
  .then((digest) => Buffer.from(digest).toString("hex"));

let sandbox: Sandbox;
let tracker: Tracker;
beforeEach(async () => {
  sandbox = await createSandbox();
  tracker = createShopTracker(sandbox);
});
afterEach(async () => {
  await tracker.close();
  await sandbox.close();
});

const purchase = (id: string) =>
  tracker.track(
    "Purchase",
    { currency: "EUR", value: 21.97, contents: [{ id: 1234, quantity: 2, price: 9.99 }] },
    { id, context: webContext, consent, user: { email: "ada@example.com" } },
  );
const seen = (name?: string) => sandbox.events().filter((event) => name === undefined || event.name === name);
const requests = (endpoint: string) => sandbox.requests().filter((request) => request.endpoint === endpoint);

/** Everything a tracker tells, by kind. */
function listen(to: Tracker) {
  const news: [keyof TrackerNews, TrackerNews[keyof TrackerNews]][] = [];
  for (const kind of ["delivered", "retrying", "dead", "dropped", "paused"] as const) {
    to.on(kind, (one) => news.push([kind, one]));
  }
  return news;
}

describe("track", () => {
  it("brings a purchase to both vendors under its id, hashed and typed as they ask", async () => {
    const result = await purchase("order-7");
    expect(result).toEqual({ id: "order-7", queued: ["tiktok", "meta"], duplicate: [], dropped: [], issues: [] });
    expect(await tracker.flush()).toEqual({ delivered: 2, dead: 0, dropped: 0, pending: 0 });
    expect(seen()).toMatchObject([
      { endpoint: "tiktok.events", name: "Purchase", id: "order-7", outcome: "counted", warnings: [] },
      { endpoint: "meta.conversions", name: "Purchase", id: "order-7", outcome: "counted" },
    ]);
    expect(seen()[1]?.payload).toMatchObject({
      user_data: {
        em: emailHash,
        client_ip_address: "168.212.226.204",
      },
      custom_data: { value: 21.97, currency: "EUR", content_ids: ["1234"] },
    });
  });

  it("sends one device a request to App Events, its address in the header, both flags, 16 slots", async () => {
    for (const [device, ip] of [
      [1, "168.212.226.1"],
      [2, "2a01:e0a:1b2:c3d0::7"],
    ] as const) {
      for (const name of ["ActivateApp", "AddToCart"] as const) {
        await tracker.track(name, {}, { context: appContext(device, ip), consent, user: { email: "ada@example.com" } });
      }
    }
    await tracker.track("MobileAppInstall", {}, { context: appContext(1), consent });
    await tracker.flush();
    for (const { headers, body } of requests("meta.appEvents")) {
      const form = body as {
        event: string;
        advertiser_id: string;
        extinfo: string[];
        ud?: object;
        [flag: string]: unknown;
      };
      expect(form.advertiser_tracking_enabled).toBe("1");
      expect(form.application_tracking_enabled).toBe("1");
      expect(form.extinfo).toHaveLength(16);
      const device = form.advertiser_id.endsWith("1") ? "168.212.226.1" : "2a01:e0a:1b2:c3d0::7";
      expect(headers["x-forwarded-for"]).toBe(device);
      expect(form.ud).toEqual(form.event === "MOBILE_APP_INSTALL" ? undefined : { em: emailHash });
    }
    expect(
      seen()
        .map(({ name }) => name)
        .sort(),
    ).toEqual([
      "MOBILE_APP_INSTALL",
      "fb_mobile_activate_app",
      "fb_mobile_activate_app",
      "fb_mobile_add_to_cart",
      "fb_mobile_add_to_cart",
    ]);
    expect(seen().every(({ endpoint }) => endpoint === "meta.appEvents")).toBe(true);
  });

  it("says what is wrong with an event and sends it where it is taken", async () => {
    const news = listen(tracker);
    const result = await tracker.track("Purchase", { currency: "EUR" } as never, {
      id: "1",
      context: webContext,
      consent,
    });
    expect(result.queued).toEqual(["tiktok"]);
    expect(result.dropped).toEqual([{ destination: "meta", reason: "invalid" }]);
    expect(result.issues).toContainEqual(
      expect.objectContaining({ severity: "error", code: "missing", path: "properties.value" }),
    );
    expect(news[0]).toEqual(["dropped", { destination: "meta", reason: "invalid", name: "Purchase", id: "1" }]);
  });

  it("lets no event of the future near a batch that it would sink", async () => {
    const soon = await tracker.track(
      "Contact",
      {},
      { id: "soon", time: Date.now() + 30_000, context: webContext, consent },
    );
    expect(soon.queued).toEqual(["tiktok", "meta"]);
    const late = await tracker.track(
      "Contact",
      {},
      { id: "late", time: Date.now() + 3_600_000, context: webContext, consent },
    );
    expect(late.queued).toEqual([]);
    expect(late.dropped.map(({ reason }) => reason)).toEqual(["invalid", "invalid"]);
    expect(late.issues).toMatchObject([{ severity: "error", code: "in_future", path: "time" }]);
    await tracker.flush();
    expect(requests("meta.conversions").map(({ status }) => status)).toEqual([200]);
  });

  it("says what is wrong when there are no options at all", async () => {
    const { queued, issues } = await tracker.track("Contact", {}, undefined as never);
    expect(queued).toEqual([]);
    expect(issues).toContainEqual(expect.objectContaining({ code: "consent" }));
  });

  it("sends nothing without consent, and counts the drop", async () => {
    for (const refused of [{ advertising: false }, {}]) {
      const { queued, dropped } = await tracker.track("Contact", {}, { context: webContext, consent: refused });
      expect(queued).toEqual([]);
      expect(dropped.map(({ reason }) => reason)).toEqual(["consent", "consent"]);
    }
    expect(await tracker.flush()).toMatchObject({ delivered: 0, dropped: 4 });
    expect(sandbox.requests()).toEqual([]);
  });

  it("says so when no destination takes an event: nothing is lost in silence", async () => {
    const { destinations } = await tracker.status();
    expect(destinations.map(({ name }) => name)).toContain("meta-app");
    const web = [metaConversions({ datasetId: "1000000000001", accessToken: tokens.meta, baseUrl: sandbox.url })];
    await using ofPages = createTracker({ destinations: web });
    const result = await ofPages.track("ActivateApp", {}, { context: appContext(1), consent });
    expect(result).toMatchObject({ queued: [], dropped: [] });
    expect(result.issues).toEqual([
      {
        severity: "warning",
        code: "unsupported_source",
        path: "context.source",
        message: "no destination takes ActivateApp of source app",
      },
    ]);
    // One that some destinations leave to others is no such event.
    expect((await purchase("order-8")).issues).toEqual([]);
  });

  it.each([{ consent: null }, { context: null }, { user: null }])(
    "takes %j for nothing, as databases mean it",
    async (none) => {
      const options = { context: webContext, consent, ...none } as never;
      const { issues, queued } = await tracker.track("Contact", {}, options);
      expect(queued).toEqual("user" in none ? ["tiktok", "meta"] : []);
      if (queued.length === 0) expect(issues).toContainEqual(expect.objectContaining({ severity: "error" }));
    },
  );

  it("takes nulls in a context, as rows of a database have them, for nothing", async () => {
    const row = { fbc: null, fbp: "fb.1.1558571054389.1098115397", ttclid: null, ttp: null, locale: null } as never;
    const { locale, ...clicks } = row as { locale: never };
    const page = { url: "https://shop.example/thanks", referrer: null as never };
    const web = { ...webContext, page, locale, clicks, ad: null as never, facebookLoginId: null as never };
    await tracker.track("Contact", {}, { context: web, consent });
    const { app, device, ...more } = appContext(1);
    const inApp = { ...more, app: { ...app, build: null }, device: { ...device, vendorId: null, model: null } };
    await tracker.track("Contact", {}, { context: inApp as never, consent });
    expect(await tracker.flush()).toMatchObject({ delivered: 3, dead: 0 });
    expect(JSON.stringify(sandbox.events().map(({ payload }) => payload))).not.toContain("null");
  });

  it.each([
    ["[2a01:e0a:1b2:c3d0::7]:443", "2a01:e0a:1b2:c3d0::7", []],
    ["168.212.226.204, 10.0.0.1", undefined, ["context.ip"]],
    ["unknown", undefined, ["context.ip"]],
  ])("sends of the address %s what is one address", async (ip, sent, paths) => {
    const { issues } = await tracker.track("Contact", {}, { context: { ...webContext, ip }, consent });
    expect(issues.map(({ path }) => path)).toEqual(paths);
    await tracker.flush();
    const [tiktok] = sandbox.events().filter(({ vendor }) => vendor === "tiktok");
    expect(tiktok?.payload).toHaveProperty("user.user_agent");
    expect(JSON.stringify(tiktok?.payload).match(/"ip":"([^"]*)"/)?.[1]).toBe(sent);
  });

  it("finds before the vendor that an app event has no address to forward", async () => {
    const { dropped } = await tracker.track(
      "Contact",
      {},
      { context: appContext(1, "168.212.226.204:80, x"), consent },
    );
    expect(dropped).toEqual([{ destination: "meta-app", reason: "invalid" }]);
  });

  it("counts no empty text for a match key", async () => {
    const clicks = { fbc: "", fbp: "" };
    const { dropped } = await tracker.track("Contact", {}, { context: { ...webContext, ip: "", clicks }, consent });
    expect(dropped).toContainEqual({ destination: "meta", reason: "invalid" });
  });

  it("leaves out what can not be sent, and sends the rest", async () => {
    const { issues, queued } = await tracker.track(
      "Purchase",
      { currency: "EUR", value: 1, lines: [{ sku: 12n }] } as never,
      { context: webContext, consent },
    );
    expect(queued).toEqual(["tiktok", "meta"]);
    expect(issues).toContainEqual(expect.objectContaining({ code: "wrong_type", path: "properties.lines" }));
  });

  it("names options that it does not have, and survives those that are missing", async () => {
    const { issues } = await tracker.track("Contact", {}, { usr: {}, context: webContext, consent } as never);
    expect(issues).toContainEqual(expect.objectContaining({ path: "options.usr" }));
    const { queued } = await tracker.track("Contact", {}, {} as never);
    expect(queued).toEqual([]);
  });

  it("keeps the same event once", async () => {
    await purchase("order-7");
    await tracker.flush();
    expect(await purchase("order-7")).toMatchObject({ queued: [], duplicate: ["tiktok", "meta"] });
    await tracker.flush();
    expect(seen("Purchase")).toHaveLength(2);
  });

  it("rejects when the outbox is full: nothing is dropped in silence", async () => {
    await using full = createTracker({
      destinations: [metaConversions({ datasetId: "1", accessToken: "t", baseUrl: sandbox.url })],
      outbox: memoryOutbox({ maxParcels: 1 }),
      transport: () => new Promise(() => undefined),
    });
    const contact = () => full.track("Contact", {}, { context: webContext, consent });
    await contact();
    await expect(contact()).rejects.toMatchObject({ name: "BeaconryError", code: "outbox_full" });
    await full.close({ timeout: 1 });
    await expect(contact()).rejects.toMatchObject({ code: "closed" });
  });
});

describe("delivery", () => {
  it("sends up to 1,000 events in one request", async () => {
    await Promise.all(Array.from({ length: 1_500 }, (_, index) => purchase(`o-${index}`)));
    expect(await tracker.flush()).toMatchObject({ delivered: 3_000, pending: 0 });
    for (const endpoint of ["tiktok.events", "meta.conversions"]) {
      const sizes = requests(endpoint).map(({ body }) => (body as { data: unknown[] }).data.length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1_500);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
      expect(sizes.length).toBeLessThan(20);
    }
  });

  it.each([
    ["a cut connection", { kind: "cut" }],
    ["a 500", { kind: "serverError" }],
    ["an HTML page", { kind: "html" }],
  ] as const)("tries again after %s, and delivers once", async (_, fault) => {
    sandbox.faults.add({ ...fault, endpoint: "meta.conversions", count: 3 });
    await tracker.track("Contact", {}, { id: "1", context: webContext, consent });
    await sandbox.waitFor((events) => events.some(({ endpoint }) => endpoint === "meta.conversions"));
    expect(requests("meta.conversions")).toHaveLength(4);
    expect(await tracker.flush()).toMatchObject({ dead: 0, pending: 0 });
  });

  it("repeats under the same id when only the answer was lost, so that the vendor counts once", async () => {
    sandbox.faults.add({ kind: "cut", when: "after", endpoint: "meta.conversions", count: 1 });
    await purchase("order-7");
    await sandbox.waitFor((events) => events.filter(({ endpoint }) => endpoint === "meta.conversions").length === 2);
    expect(
      seen()
        .filter(({ vendor }) => vendor === "meta")
        .map(({ id, outcome }) => [id, outcome]),
    ).toEqual([
      ["order-7", "counted"],
      ["order-7", "deduplicated"],
    ]);
  });

  it("pauses the whole destination at TikTok's limit, reads it from the code, and burns no attempt", async () => {
    const news = listen(tracker);
    sandbox.faults.add({ kind: "rateLimit", code: 40100, count: 1 });
    await purchase("order-7");
    await tracker.flush();
    expect(news).toContainEqual([
      "paused",
      expect.objectContaining({ destination: "tiktok", detail: expect.stringMatching(/^code 40100: .*QPS/) }),
    ]);
    await sandbox.waitFor((events) => events.some(({ endpoint }) => endpoint === "tiktok.events"), 3_000);
    expect(news.filter(([kind]) => kind === "retrying")).toEqual([]);
  });

  it("waits with a bad token, and tells nobody the token", async () => {
    const strict = await createSandbox({ badTokens: [tokens.meta, tokens.tiktok] });
    await using waiting = createShopTracker(strict);
    const news = listen(waiting);
    await waiting.track("Contact", {}, { context: webContext, consent });
    expect(await waiting.flush()).toMatchObject({ delivered: 0, dead: 0, pending: 2 });
    expect(news.map(([kind]) => kind)).toEqual(["paused", "paused"]);
    expect(JSON.stringify(news)).not.toMatch(/token-|secret-/);
    await waiting.close({ timeout: 1 });
    await strict.close();
  });

  it("finds the one event in 1,000 that Meta refuses, in at most 21 requests, and delivers the others", async () => {
    const poison = 617;
    // Meta refuses text where it wants a number; the SDK would not send it, so it is put in by hand.
    const outbox = memoryOutbox();
    await outbox.add(
      Array.from({ length: 1_000 }, (_, index) => ({
        destination: "meta",
        name: "Contact",
        id: `o-${index}`,
        time: Date.now(),
        expiresAt: Date.now() + 60_000,
        group: "",
        body: JSON.stringify({
          event_name: "Contact",
          event_time: Math.floor(Date.now() / 1000),
          event_id: `o-${index}`,
          action_source: "website",
          event_source_url: "https://shop.example/",
          user_data: { client_ip_address: "168.212.226.204", client_user_agent: "test" },
          ...(index === poison && { custom_data: { contents: "socks" } }),
        }),
      })),
    );
    await using halving = createShopTracker(sandbox, { outbox });
    expect(await halving.flush()).toMatchObject({ delivered: 999, dead: 1, pending: 0 });
    expect(requests("meta.conversions").length).toBeLessThanOrEqual(21);
    expect(await halving.deadLetters()).toMatchObject([
      { id: `o-${poison}`, reason: "refused", detail: expect.stringContaining("code 100/2804019") },
    ]);
    expect(new Set(seen().map(({ id }) => id)).size).toBe(999);
  });

  it("buries an event that is too old before it can sink a batch", async () => {
    const eightDays = Date.now() - 8 * 86_400_000;
    await tracker.track("Contact", {}, { id: "old", time: eightDays, context: webContext, consent });
    await tracker.track("Contact", {}, { id: "new", context: webContext, consent });
    expect(await tracker.flush()).toMatchObject({ delivered: 2, dead: 2 });
    expect((await tracker.deadLetters()).map(({ id, reason }) => [id, reason])).toEqual([
      ["old", "expired"],
      ["old", "expired"],
    ]);
  });

  it("gives up an event that fails time and again while others get through", async () => {
    const failing: string[] = [];
    await using stubborn = createTracker({
      destinations: [metaConversions({ datasetId: "1", accessToken: "t", baseUrl: sandbox.url })],
      backoff: { base: 1, cap: 2 },
      maxAttempts: 3,
      concurrency: 1,
      transport: async ({ body }) => {
        if (body.includes('"bad"')) failing.push(body);
        return {
          status: body.includes('"bad"') ? 500 : 200,
          headers: new Headers(),
          body: body.includes('"bad"') ? "" : '{"events_received":1}',
        };
      },
    });
    const track = (id: string) => stubborn.track("Contact", {}, { id, context: webContext, consent });
    await track("bad");
    for (let index = 0; (await stubborn.deadLetters()).length === 0 && index < 200; index++) {
      await track(`good-${index}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await stubborn.deadLetters()).toMatchObject([{ id: "bad", reason: "attempts" }]);
    expect(failing.length).toBeGreaterThanOrEqual(3);
  });

  it("loses nothing in an outage, however many attempts it takes", async () => {
    let down = true;
    await using outage = createTracker({
      destinations: [metaConversions({ datasetId: "1", accessToken: "t", baseUrl: sandbox.url })],
      backoff: { base: 1, cap: 1 },
      maxAttempts: 2,
      transport: async () => ({
        status: down ? 503 : 200,
        headers: new Headers(),
        body: down ? "" : '{"events_received":1}',
      }),
    });
    for (let index = 0; index < 20; index++) {
      await outage.track("Contact", {}, { context: webContext, consent });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    down = false;
    const until = Date.now() + 5_000;
    while ((await outage.flush()).pending > 0 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await outage.flush()).toMatchObject({ delivered: 20, dead: 0, pending: 0 });
  });
});

describe("createTracker", () => {
  it("names wrong options", () => {
    const destination = metaConversions({ datasetId: "1", accessToken: "t" });
    expect(() => createTracker({ destinations: [] })).toThrow(/destinations/);
    expect(() => createTracker({ destinations: [destination, destination] })).toThrow(/named alike: meta, meta/);
    expect(() => createTracker({ destinations: [destination], trustProxies: [] } as never)).toThrow(
      /createTracker: trustProxies is unknown, accepted is destinations, outbox/,
    );
    expect(() => createTracker({ destinations: [destination], concurrency: 0 })).toThrow(/concurrency/);
    expect(() => createTracker({ destinations: [destination], collector: { maxByte: 1 } as never })).toThrow(/maxByte/);
  });
});
