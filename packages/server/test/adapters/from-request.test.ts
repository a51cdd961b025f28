import { createServer, type RequestListener } from "node:http";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTracker, metaConversions, readConsent, type Tracker } from "../../src/index.js";
import { fromNodeRequest } from "../../src/node/index.js";
import { loopbackUrl, withShop } from "./collecting.js";

const now = Date.UTC(2026, 5, 1);
const fbp = "fb.1.1558571054389.1098115397";
const fbc = `fb.1.${now - 86_400_000}.IwAR2F4`;
const ttp = "2jxV5s5cDDdQ7aS9oH3h1FqYcMk";

let tracker: Tracker;
beforeEach(() => {
  tracker = createTracker({
    destinations: [metaConversions({ datasetId: "1", accessToken: "t" })],
    trustProxy: ["loopback"],
    now: () => now,
  });
});
afterEach(() => tracker.close({ timeout: 0 }));

interface Visit extends RequestInit {
  url?: string;
  remoteAddress?: string;
}

function context(
  headers: Record<string, string> = {},
  { url = "https://shop.example/thanks?order=7", remoteAddress, ...init }: Visit = {},
) {
  return tracker.fromRequest(new Request(url, { headers, ...init }), { remoteAddress }).context;
}

describe("fromRequest: the page", () => {
  const referer = "https://shop.example/checkout";
  it.each<[string, object | undefined, Record<string, string>, Visit]>([
    [
      "a navigation",
      { url: "https://shop.example/thanks?order=7", referrer: referer },
      { Referer: referer, "Sec-Fetch-Mode": "navigate" },
      {},
    ],
    [
      "a navigation of an older browser",
      { url: "https://shop.example/thanks?order=7", referrer: referer },
      { Referer: referer },
      {},
    ],
    [
      "a navigation from elsewhere",
      { url: "https://shop.example/thanks?order=7", referrer: "https://pay.example/" },
      { Referer: "https://pay.example/" },
      {},
    ],
    ["a navigation from nowhere", { url: "https://shop.example/thanks?order=7" }, {}, {}],
    ["a form", { url: referer }, { Referer: referer, "Sec-Fetch-Mode": "navigate" }, { method: "POST" }],
    ["a call by script", { url: referer }, { Referer: referer, "Sec-Fetch-Mode": "cors" }, { method: "POST" }],
    ["a call by script that reads", { url: referer }, { Referer: referer, "Sec-Fetch-Mode": "cors" }, {}],
    [
      "a form that another site sends",
      { url: "https://shop.example/thanks?order=7" },
      { Referer: "https://pay.example/" },
      { method: "POST" },
    ],
    [
      "a referrer that is no page",
      { url: "https://shop.example/thanks?order=7" },
      { Referer: "javascript:alert(1)" },
      {},
    ],
    ["a referrer that is no address", { url: "https://shop.example/thanks?order=7" }, { Referer: "::" }, {}],
    [
      "another host than the server knows itself by",
      { url: "https://www.shop.example/thanks?order=7" },
      { Host: "www.shop.example" },
      {},
    ],
    [
      "another host and port than the server knows itself by",
      { url: "https://shop.example/thanks" },
      { Host: "shop.example" },
      { url: "https://internal:3000/thanks" },
    ],
    ["a host that is none", { url: "https://shop.example/thanks?order=7" }, { Host: "a b" }, {}],
    [
      "a proxy that ends TLS",
      { url: "https://shop.example/" },
      { "X-Forwarded-Proto": "https" },
      { url: "http://shop.example/", remoteAddress: "127.0.0.1" },
    ],
    [
      "a stranger who says that one does",
      { url: "http://shop.example/" },
      { "X-Forwarded-Proto": "https" },
      { url: "http://shop.example/", remoteAddress: "203.0.113.9" },
    ],
    [
      "an e-mail address in it",
      { url: "https://shop.example/?mail=[email]", referrer: "https://shop.example/[email]" },
      { Referer: "https://shop.example/ada@example.com" },
      { url: "https://shop.example/?mail=ada%40example.com" },
    ],
    [
      "too long a query",
      { url: "https://shop.example/?order=7", referrer: "https://pay.example/" },
      { Referer: `https://pay.example/?state=${"s".repeat(5_000)}` },
      { url: `https://shop.example/?order=7&mail=${"a".repeat(4_060)}@example.com` },
    ],
  ])("%s", (_, page, headers, visit) => expect(context(headers, visit).page).toEqual(page));

  it("is the caller's where that is given", () => {
    const page = { url: "https://shop.example/order/7?fbclid=Abc" };
    const { context } = tracker.fromRequest(new Request("https://shop.example/api"), { page });
    expect(context.page).toEqual(page);
    expect(context.clicks?.fbc).toBe(`fb.1.${now}.Abc`);
  });
});

describe("fromRequest: the person's browser", () => {
  it("reads address, agent, language and the vendors' cookies", () => {
    const headers = {
      "User-Agent": "Mozilla/5.0 (test)",
      "X-Forwarded-For": "6.6.6.6, 168.212.226.204",
      "Accept-Language": "de-AT,de;q=0.9,en;q=0.8",
      Cookie: `a=b; _fbp=${fbp}; _fbc=${fbc}; _ttp=${ttp}; ttclid=E.C.P.AbC; session=secret`,
    };
    expect(context(headers, { remoteAddress: "127.0.0.1" })).toEqual({
      source: "web",
      page: { url: "https://shop.example/thanks?order=7" },
      ip: "168.212.226.204",
      userAgent: "Mozilla/5.0 (test)",
      locale: "de-AT",
      clicks: { fbp, fbc, ttp, ttclid: "E.C.P.AbC" },
    });
  });

  it("takes the click that the address names, when it is another one", () => {
    const Cookie = `_fbc=${fbc}; ttclid=old`;
    const landing = (query: string) => context({ Cookie }, { url: `https://shop.example/?${query}` }).clicks;
    expect(landing("fbclid=NEW&ttclid=new")).toMatchObject({ fbc: `fb.1.${now}.NEW`, ttclid: "new" });
    expect(landing("fbclid=IwAR2F4")).toMatchObject({ fbc, ttclid: "old" });
  });

  it("leaves out what is malformed, and an address that is not public", () => {
    const headers = { Cookie: "_fbp=x; _fbc=fb.1.1.a; _ttp=a b; ttclid=a,b", "Accept-Language": "*;q=1, <b>" };
    expect(context(headers, { remoteAddress: "10.0.0.1" })).toEqual({
      source: "web",
      page: { url: "https://shop.example/thanks?order=7" },
      clicks: {},
    });
  });

  it.each([
    ["en", "en"],
    ["fr;q=0.2, de-CH;q=0.9, en;q=0.5", "de-CH"],
    ["fr;q=0, en;q=0.1", "en"],
    ["zh-Hant-TW", "zh-Hant-TW"],
    ["en;q=2", undefined],
    ["", undefined],
    ["x".repeat(5_000), undefined],
  ])("Accept-Language %.30s is %s (RFC 9110, section 12.5.4)", (header, locale) =>
    expect(context({ "Accept-Language": header }).locale).toBe(locale),
  );

  it("never throws for what a request holds", () => {
    const name = fc.constantFrom(
      "Cookie",
      "Referer",
      "Host",
      "User-Agent",
      "Accept-Language",
      "X-Forwarded-For",
      "X-Forwarded-Proto",
      "Sec-GPC",
      "Sec-Fetch-Mode",
    );
    const value = fc.string({ unit: fc.constantFrom(..."aZ09=;:,%/\\\"'[]@.-_ \u00ff") });
    fc.assert(
      fc.property(fc.dictionary(name, value), (headers) => {
        expect(context(headers, { remoteAddress: "127.0.0.1" }).source).toBe("web");
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("fromRequest: consent", () => {
  const request = (headers = {}) => new Request("https://shop.example/order", { method: "POST", headers });

  it("is the caller's alone: no request has one", async () => {
    const { track, consent } = tracker.fromRequest(
      request({ Cookie: "beaconry.consent=%7B%22advertising%22%3Atrue%7D" }),
    );
    expect(consent.advertising).toBeUndefined();
    const { queued, dropped } = await track("Purchase", { currency: "EUR", value: 1 });
    expect([queued, dropped]).toEqual([[], [{ destination: "meta", reason: "consent" }]]);
  });

  it("is none where the caller has null for it", () => {
    const consent = null as never;
    expect(tracker.fromRequest(request({}), { consent }).consent).toEqual({});
    expect(tracker.fromRequest(request({ "Sec-GPC": "1" }), { consent }).consent).toEqual({ limitedDataUse: true });
  });

  it("is limited by Sec-GPC, unless the caller says otherwise", () => {
    const consentWith = (gpc: string, consent: object) =>
      tracker.fromRequest(request({ "Sec-GPC": gpc }), { consent }).consent;
    expect(consentWith("1", { advertising: true })).toEqual({ advertising: true, limitedDataUse: true });
    expect(consentWith("1", { advertising: true, limitedDataUse: false })).toEqual({
      advertising: true,
      limitedDataUse: false,
    });
    expect(consentWith("1", { limitedDataUse: { country: 1, state: 1000 } })).toEqual({
      limitedDataUse: { country: 1, state: 1000 },
    });
    expect(consentWith("0", { advertising: true })).toEqual({ advertising: true });
  });

  it.each<[unknown, object]>([
    ['{"advertising":true,"limitedDataUse":false}', { advertising: true, limitedDataUse: false }],
    [{ advertising: false }, { advertising: false }],
    [{ advertising: "true", limitedDataUse: null }, {}],
    [{ limitedDataUse: { country: 1 } }, { limitedDataUse: true }],
    [{ limitedDataUse: "true" }, { limitedDataUse: true }],
    ['"true"', {}],
    ["{", {}],
    ['{"__proto__":{"advertising":true}}', {}],
    [null, {}],
    [undefined, {}],
    [[true], {}],
  ])("readConsent(%j) is %j", (value, consent) => expect(readConsent(value)).toEqual(consent));
});

describe("fromRequest: track", () => {
  const shop = withShop();

  it("sends what the request says, and what the call adds or says otherwise", async () => {
    const Cookie = `_fbp=${fbp}`;
    const request = new Request("https://shop.example/order", {
      method: "POST",
      headers: { Cookie, "User-Agent": "Mozilla/5.0 (test)", Referer: "https://shop.example/checkout" },
    });
    const bound = shop.tracker.fromRequest(request, {
      remoteAddress: "168.212.226.204",
      consent: { advertising: true },
    });
    const { id, queued } = await bound.track(
      "Purchase",
      { currency: "EUR", value: 21.97 },
      { id: "order-7", user: { email: "ada@example.com" } },
    );
    expect([id, queued]).toEqual(["order-7", ["tiktok", "meta"]]);
    await bound.track("Search", { query: "socks" }, { context: { ip: "168.212.226.205" } });
    await bound.track("Search", { query: "mugs" }, { consent: { advertising: false } });
    const { delivered, dropped } = await shop.tracker.flush();
    expect([delivered, dropped]).toEqual([4, 2]);
    const sent = shop.sandbox.events().filter(({ endpoint }) => endpoint === "meta.conversions");
    expect(sent.map(({ payload }) => payload)).toMatchObject([
      {
        event_id: "order-7",
        event_source_url: "https://shop.example/checkout",
        user_data: { client_ip_address: "168.212.226.204", client_user_agent: "Mozilla/5.0 (test)", fbp },
      },
      { event_name: "Search", user_data: { client_ip_address: "168.212.226.205", fbp } },
    ]);
  });
});

describe("fromNodeRequest", () => {
  /** What a listener answers to a request of these headers. */
  async function answerOf(
    listener: RequestListener,
    headers: Record<string, string>,
  ): Promise<{ body: string; page: string; ip?: string }> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const response = await fetch(loopbackUrl(server), { method: "POST", body: "order", headers });
    const answer = await response.json();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    return answer;
  }

  it("reads the request on both sides of a body parser, and leaves the body", async () => {
    const answer = await answerOf(
      async (request, response) => {
        const { context } = fromNodeRequest(tracker, request);
        let body = "";
        for await (const chunk of request) body += chunk;
        const after = fromNodeRequest(tracker, request).context;
        response.end(JSON.stringify({ body, page: after.page?.url, ip: context.ip }));
      },
      { "X-Forwarded-For": "168.212.226.204", "X-Forwarded-Proto": "https" },
    );
    expect(answer).toEqual({
      body: "order",
      page: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/collect$/),
      ip: "168.212.226.204",
    });
  });
});
