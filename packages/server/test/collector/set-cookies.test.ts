import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pixelEvent } from "./batch.js";
import { type CollectInit, collectOne } from "./collected.js";

const now = Date.UTC(2026, 5, 1);
const day = 86_400_000;
const fbp = "fb.1.1558571054389.1098115397";
const click = (ageInDays: number, id = "IwAR2F4-dbP0l7Mn1IawQQGCINEz7PYXQvwjNwB_qa2ofrHyiLjcbCRxTDMgk") =>
  `fb.1.${now - ageInDays * day}.${id}`;

interface Visit extends CollectInit {
  clicks?: object;
  event?: object;
  context?: object;
  cookie?: string;
  origin?: string;
  domain?: string;
  isOff?: boolean;
}

/** The cookies that the collector of shop.example sets at a page view there. */
async function visit({
  clicks = { fbp },
  event,
  context,
  cookie,
  domain,
  isOff,
  origin = "https://shop.example",
  headers,
  ...init
}: Visit = {}): Promise<string[]> {
  const sent = pixelEvent("1", {
    name: "PageView",
    time: now,
    properties: {},
    context: { source: "web", page: { url: "https://shop.example/" }, clicks, ...context },
    ...event,
  });
  const { response } = await collectOne(
    {
      url: "https://shop.example/collect",
      body: { sentAt: now, events: [sent] },
      headers: { ...(origin && { Origin: origin }), ...(cookie && { Cookie: cookie }), ...headers },
      now,
      ...init,
    },
    { origins: ["https://myshop.example", "https://shop.example"], ...(isOff ? {} : { cookies: { domain } }) },
  );
  return response.headers.getSetCookie();
}

describe("cookies that the collector sets", () => {
  it("are the vendors' three, for 90, 90 and 30 days, readable by scripts", async () => {
    const page = { url: "https://shop.example/?ttclid=E.C.P.AbC" };
    expect(
      await visit({ clicks: { fbp, fbc: click(0), ttclid: "E.C.P.AbC", ttp: "x".repeat(27) }, context: { page } }),
    ).toEqual([
      `_fbp=${fbp}; Max-Age=7776000; Path=/; SameSite=Lax; Secure`,
      `_fbc=${click(0)}; Max-Age=7776000; Path=/; SameSite=Lax; Secure`,
      "ttclid=E.C.P.AbC; Max-Age=2592000; Path=/; SameSite=Lax; Secure",
    ]);
  });

  it("are none unless they are asked for", async () => expect(await visit({ isOff: true })).toEqual([]));

  it.each<[string, Visit]>([
    ["consent was refused", { event: { consent: { advertising: false } } }],
    ["nobody was asked", { event: { consent: {} } }],
    ["consent is no boolean", { event: { consent: { advertising: "true" } } }],
    ["an app asks", { context: { source: "app", app: { id: "com.example.shop" } } }],
    ["the event is not taken", { event: { id: "no id" } }],
    ["the page is of another site", { url: "https://collect.example/collect" }],
    ["the page is of another host, and no domain is shared", { url: "https://www.shop.example/collect" }],
    ["the page is unknown", { origin: "" }],
    [
      "the collector is not in the domain",
      { url: "https://shop.example.evil.example/collect", domain: "shop.example" },
    ],
    [
      "the page is not in the domain",
      { url: "https://shop.example/collect", origin: "https://myshop.example", domain: "shop.example" },
    ],
  ])("are none where %s", async (_, init) => expect(await visit(init)).toEqual([]));

  it("are for the domain that page and collector share", async () => {
    const origins = ["https://www.shop.example"];
    const init = { url: "https://events.shop.example/collect", domain: "Shop.example" };
    const { response } = await collectOne(
      {
        ...init,
        now,
        body: { sentAt: now, events: [pixelEvent("1", { time: now })] },
        headers: { Origin: "https://www.shop.example" },
      },
      { origins, cookies: { domain: init.domain } },
    );
    expect(response.headers.getSetCookie()).toContain(
      `_fbp=${fbp}; Max-Age=7776000; Path=/; Domain=shop.example; SameSite=Lax; Secure`,
    );
  });

  it.each<[boolean, string, Visit]>([
    [true, "the collector is asked by https", {}],
    [false, "it is asked by http", { url: "http://shop.example/collect" }],
    [true, "a trusted proxy was", { url: "http://shop.example/collect", headers: { "X-Forwarded-Proto": "https" } }],
    [
      true,
      "the first of two trusted proxies was",
      { url: "http://shop.example/collect", headers: { "X-Forwarded-Proto": "https, http" } },
    ],
    [
      false,
      "a stranger says so",
      { url: "http://shop.example/collect", headers: { "X-Forwarded-Proto": "https" }, remoteAddress: "203.0.113.9" },
    ],
    [
      false,
      "the scheme is none",
      { url: "http://shop.example/collect", headers: { "X-Forwarded-Proto": "javascript" } },
    ],
    [
      true,
      "a trusted proxy says it by Forwarded",
      {
        url: "http://shop.example/collect",
        clientIpHeader: "forwarded",
        headers: { Forwarded: "for=198.51.100.7;proto=https" },
      },
    ],
    [
      false,
      "it is said by the header that is not in use",
      { url: "http://shop.example/collect", headers: { Forwarded: "for=198.51.100.7;proto=https" } },
    ],
  ])("are Secure (%s) when %s", async (isSecure, _, init) => {
    const { headers, ...rest } = init;
    const [line] = await visit({ ...rest, headers: { Origin: "https://shop.example", ...headers } });
    expect(line?.endsWith("; SameSite=Lax; Secure")).toBe(isSecure);
    expect(line).toMatch(/^_fbp=/);
  });

  describe("_fbp", () => {
    const other = "fb.1.1600000000000.42";
    it("is renewed by a page view", async () => expect(await visit({ cookie: `_fbp=${fbp}` })).toHaveLength(1));
    it("is left alone by other events", async () => {
      expect(await visit({ cookie: `_fbp=${fbp}`, event: { name: "Search", properties: {} } })).toEqual([]);
    });
    it("that the browser has wins over what the page says", async () => {
      expect(await visit({ cookie: `a=1; _fbpx=fb.1.1600000000000.43; x_fbp=1; _fbp=${other}; _fbp=later` })).toEqual([
        expect.stringContaining(`_fbp=${other};`),
      ]);
      expect(await visit({ cookie: `_fbp=${other}`, event: { name: "Search", properties: {} } })).toEqual([]);
    });
    it("that is damaged is set anew, by any event", async () => {
      expect(await visit({ cookie: "_fbp=damaged", event: { name: "Search", properties: {} } })).toHaveLength(1);
    });
  });

  describe("_fbc", () => {
    const maxAge = (lines: string[]) => Number(/_fbc=.*Max-Age=(\d+)/.exec(lines.join("\n"))?.[1]);
    it("ends 90 days after the click, however often it is renewed", async () => {
      expect(maxAge(await visit({ clicks: { fbc: click(10) } }))).toBe(80 * 86_400);
      expect(maxAge(await visit({ clicks: { fbc: click(10) }, cookie: `_fbc=${click(10)}` }))).toBe(80 * 86_400);
    });
    it("is none when the click is older than that, or of the future", async () => {
      expect(await visit({ clicks: { fbc: click(91) } })).toEqual([]);
      expect(await visit({ clicks: { fbc: click(-2) } })).toEqual([]);
    });
    it("of a clock that runs a little ahead stays 90 days, not longer", async () => {
      expect(maxAge(await visit({ clicks: { fbc: click(-0.5) } }))).toBe(90 * 86_400);
    });
    it("is that of the newer click, whether page or cookie has it", async () => {
      expect(await visit({ clicks: { fbc: click(1, "new") }, cookie: `_fbc=${click(5, "old")}` })).toEqual([
        expect.stringContaining(".new;"),
      ]);
      expect(await visit({ clicks: { fbc: click(5, "old") }, cookie: `_fbc=${click(1, "new")}` })).toEqual([
        expect.stringContaining(".new;"),
      ]);
      expect(
        await visit({
          clicks: { fbc: click(5, "old") },
          cookie: `_fbc=${click(1, "new")}`,
          event: { name: "Search", properties: {} },
        }),
      ).toEqual([]);
    });
  });

  describe("ttclid", () => {
    const landing = (id: string) => ({ page: { url: `https://shop.example/?ttclid=${id}` } });
    it("counts its 30 days from the landing, and is not renewed on other pages", async () => {
      expect(await visit({ clicks: { ttclid: "a" }, cookie: "ttclid=a" })).toEqual([]);
      expect(
        await visit({
          clicks: { ttclid: "a" },
          cookie: "ttclid=a",
          context: { ...landing("a"), clicks: { ttclid: "a" } },
        }),
      ).toEqual(["ttclid=a; Max-Age=2592000; Path=/; SameSite=Lax; Secure"]);
    });
    it("is set where the browser has none", async () =>
      expect(await visit({ clicks: { ttclid: "a" } })).toHaveLength(1));
    it("of a new click replaces the old one", async () => {
      expect(await visit({ cookie: "ttclid=old", context: { ...landing("new"), clicks: { ttclid: "new" } } })).toEqual([
        expect.stringMatching(/^ttclid=new;/),
      ]);
    });
    it("of an event that was kept for long replaces nothing", async () => {
      const event = { time: now - day };
      expect(
        await visit({ cookie: "ttclid=new", event, context: { ...landing("old"), clicks: { ttclid: "old" } } }),
      ).toEqual([]);
      expect(await visit({ clicks: { ttclid: "old" }, cookie: "ttclid=new" })).toEqual([]);
    });
  });

  it("come from the events of one batch in their order", async () => {
    const event = (id: string, fbc: string) =>
      pixelEvent(id, {
        time: now,
        context: { source: "web", clicks: { fbc }, page: { url: "https://shop.example/" } },
      });
    const { response } = await collectOne(
      {
        url: "https://shop.example/collect",
        now,
        body: { sentAt: now, events: [event("1", click(3, "old")), event("2", click(1, "new"))] },
        headers: { Origin: "https://shop.example", Cookie: `_fbc=${click(1, "new")}` },
      },
      { cookies: {} },
    );
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("can be set again by what a pixel reads back, and by nothing else", async () => {
    const octets =
      /^(_fbp|_fbc|ttclid)=[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+; Max-Age=\d+; Path=\/; SameSite=Lax; Secure$/;
    const hostile = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "a; Domain=evil.example",
        "a\r\nSet-Cookie: b=c",
        "a,b",
        '"a"',
        `fb.1.${now}.a; HttpOnly`,
        "a".repeat(501),
      ),
    );
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (one, two, three) => {
        const lines = await visit({ clicks: { fbp: one, fbc: two, ttclid: three } });
        for (const line of lines) expect(line).toMatch(octets);
      }),
      { numRuns: 300 },
    );
  });

  it("come with no answer but a 202", async () => {
    for (const init of [
      { method: "GET" },
      { headers: { Origin: "https://shop.example", "Content-Type": "text/html" } },
    ])
      expect(await visit(init.method ? { method: "GET", body: undefined } : init)).toEqual([]);
  });
});
