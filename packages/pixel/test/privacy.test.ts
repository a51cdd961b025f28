import { withoutEmail } from "@beaconry/core/internal";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFbq } from "../src/tags/meta.js";
import { listen, openPage, received, stored, storedEvents, tags } from "./page.js";

const granted = { consent: { advertising: true } };

/** A page whose address, referrer and title are these. */
function openPageWith(query: string, referrer = "", title = "") {
  const page = openPage(`https://shop.example/${query}`);
  Object.defineProperty(page.window.document, "referrer", { value: referrer });
  page.window.document.title = title;
  return page;
}

describe("e-mail addresses in what the page says", () => {
  test.each([
    ["?mail=ada@example.com&x=1", "?mail=[email]&x=1"],
    ["?mail=ada%40example.com", "?mail=[email]"],
    ["?next=/account%3Fada%2540example.com", "?next=/account%3F[email]"],
    ["?mail=Ada.Lovelace%2Bshop@mail.example.co.uk#top", "?mail=[email]#top"],
    ["u/ada@example.com/orders", "u/[email]/orders"],
    ["#/u/ada@example.com", "#/u/[email]"],
    ["?a=x@y.example,b-c_d@e-f.example", "?a=[email],[email]"],
  ])("%s leaves as %s", async (given, expected) => {
    const page = openPageWith(given);
    page.pixel(granted).track("ViewContent");
    expect(JSON.stringify(stored(page))).not.toMatch(/ada|@|%40|%2540/i);
    await page.pass(1000);
    expect(received(page)[0]?.context.page?.url).toBe(`https://shop.example/${expected}`);
  });

  test("also in referrer and title", async () => {
    const page = openPageWith("", "https://mail.example/?to=ada%40example.com", "Hello ada@example.com!");
    page.pixel(granted).track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.context.page).toEqual({
      url: "https://shop.example/",
      referrer: "https://mail.example/?to=[email]",
      title: "Hello [email]!",
    });
  });

  test.each(["", "?at=@home", "?price=2@5", "@handle", "?x=%40", "?q=user@localhost"])("%s is none", async (query) => {
    const page = openPageWith(query);
    page.pixel({ ...granted, tags }).track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.context.page?.url).toBe(`https://shop.example/${query}`);
    expect(received(page)[0]?.tags).toEqual(["meta", "tiktok"]);
  });

  test.each([
    ["@ada.knits", "", ""],
    ["", "https://www.tiktok.com/@ada.knits", ""],
    ["", "", "Ada (@ada.knits) and @bob.sews"],
  ])("the handle of an account is none to the tags (%#)", async (path, referrer, title) => {
    const page = openPageWith(path, referrer, title);
    page.pixel({ ...granted, tags }).track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.tags).toEqual(["meta", "tiktok"]);
  });

  test("in beacons and in what is kept for later too", async () => {
    const page = openPageWith("?mail=ada@example.com", "https://a.example/?ada@example.com", "ada@example.com");
    page.pixel({ ...granted, pageViews: "automatic" }).track("ViewContent");
    page.hide();
    expect(page.beacons).toHaveLength(1);
    expect(storedEvents(page)).toHaveLength(2);
    expect((await page.beacons[0]?.text()) + JSON.stringify(stored(page))).not.toContain("ada");
  });

  test("what waited for an answer has none either", async () => {
    const page = openPageWith("?mail=ada@example.com");
    const pixel = page.pixel();
    pixel.track("ViewContent");
    page.window.history.replaceState({}, "", "/");
    pixel.consent({ advertising: true });
    await page.pass(1000);
    expect(received(page)[0]?.context.page?.url).toBe("https://shop.example/?mail=[email]");
  });

  const places: [string, (address: string) => ReturnType<typeof openPage>][] = [
    ["the address", (address) => openPageWith(`?mail=${encodeURIComponent(address)}`)],
    ["the address, encoded twice", (address) => openPageWith(`?to=${encodeURIComponent(encodeURIComponent(address))}`)],
    ["the referrer", (address) => openPageWith("", `https://a.example/?${address}`)],
    ["the title", (address) => openPageWith("", "", `Mail to ${address}`)],
  ];

  /** Decoded until nothing changes. */
  const decoded = (text: string): string => {
    const once = text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return once === text ? text.toLowerCase() : decoded(once);
  };
  const survives = async (
    openWith: (address: string) => ReturnType<typeof openPage>,
    addresses: fc.Arbitrary<string>,
  ) =>
    fc.assert(
      fc.asyncProperty(addresses, async (address) => {
        const page = openWith(address);
        page.pixel(granted).track("ViewContent");
        await page.pass(1000);
        const text = JSON.stringify([received(page)[0]?.context, stored(page)]);
        expect(decoded(text)).not.toContain(decoded(address));
      }),
      { numRuns: 60 },
    );

  test.each(places)("in %s: none of those that people have survives", (_, openWith) =>
    survives(
      openWith,
      fc.emailAddress().filter((address) => /\w@/.test(address)),
    ),
  );

  test.each(places)("in %s: none of those that the standard allows survives", (_, openWith) =>
    survives(openWith, fc.emailAddress()),
  );

  test("nor does one in the middle of other text", () => {
    const before = fc.string({ unit: fc.constantFrom(..."ab1 /?&=#%:;,.-_+()[]<>\"'") });
    const codes = fc.constantFrom("@", "%40", "%2540", "%252540");
    const local = fc.stringMatching(/^[a-z0-9][a-z0-9._+-]{0,20}$/);
    const domain = fc.stringMatching(/^[a-z0-9-]{1,20}(\.[a-z0-9-]{2,10}){1,3}$/);
    fc.assert(
      fc.property(before, local, codes, domain, before, (left, name, at, host, right) => {
        const address = `${name}${at}${host}`;
        expect(withoutEmail(`${left}${address}${right}`)).not.toContain(address);
      }),
    );
  });

  test("one of letters beyond ASCII before the @", () => {
    expect(withoutEmail("Mail to jürgen@example.com")).not.toContain("gen@example");
  });

  test.each(["jürgen@müller.example", "用户@例子.广告", "j%C3%BCrgen@m%C3%BCller.example", "o'brien!@example.com"])(
    "%s is one as well",
    (address) => {
      expect(withoutEmail(`Mail to ${address} today`)).not.toContain(address);
      expect(withoutEmail(`Mail to ${address} today`)).toContain("[email]");
    },
  );

  test.each([
    ["a".repeat(1_000_000)],
    ["@".repeat(1_000_000)],
    ["a@".repeat(500_000)],
    ["a.".repeat(500_000)],
    ["a@a.".repeat(250_000)],
    [`a@${"a.".repeat(500_000)}`],
    ["%25".repeat(333_000)],
    [`%${"25".repeat(500_000)}`],
    ["%".repeat(1_000_000)],
    [`${"a".repeat(64)}%${"25".repeat(64)}`.repeat(5000)],
    [`a@${"-".repeat(1_000_000)}`],
    ["a%4".repeat(333_000)],
  ])("a long hostile text costs time in proportion to its length (%#)", (text) => {
    // Of this thread's processor, in milliseconds: what else the machine does is not in it.
    const time = (given: string) => {
      const before = process.threadCpuUsage();
      withoutEmail(given);
      return process.threadCpuUsage(before).user / 1_000;
    };
    time(text.slice(0, 100_000));
    const short = Math.min(time(text.slice(0, 100_000)), time(text.slice(0, 100_000)));
    const long = time(text);
    // Ten times as long; a quadratic one would take a hundred times, an exponential one would not end.
    expect(long).toBeLessThan(Math.max(short * 40, 200));
  });
});

describe("on a page that tells an e-mail address", () => {
  test.each([
    ["address", ["?mail=ada%40example.com", "", ""]],
    ["referrer", ["", "https://mail.example/?to=ada@example.com", ""]],
    ["title", ["", "", "ada@example.com"]],
  ] as const)(
    "in its %s, the tags are not started: their scripts read it there",
    async (_, [query, referrer, title]) => {
      const page = openPageWith(query, referrer, title);
      const pixel = page.pixel({ ...granted, tags });
      pixel.track("ViewContent");
      pixel.identify({ email: "ada@example.com" });
      await page.pass(1000);
      expect(page.scripts()).toEqual([]);
      expect(page.window.fbq).toBeUndefined();
      expect(page.window.ttq).toBeUndefined();
      expect(received(page)[0]?.tags).toEqual([]);
    },
  );

  test("a tag that runs already gets no event there, and goes on after it", async () => {
    const page = openPage("https://shop.example/");
    const pixel = page.pixel({ ...granted, tags });
    pixel.track("ViewContent");
    page.window.history.pushState({}, "", "/account?mail=ada@example.com");
    pixel.track("Search");
    page.window.history.pushState({}, "", "/done");
    pixel.track("Contact");
    await page.pass(1000);
    expect(received(page).map((event) => [event.name, event.tags])).toEqual([
      ["ViewContent", ["meta", "tiktok"]],
      ["Search", []],
      ["Contact", ["meta", "tiktok"]],
    ]);
    const calls = JSON.stringify([(page.window.fbq as { queue: unknown[] }).queue, page.window.ttq]);
    expect(calls).not.toContain("Search");
  });

  test("the page's own tag gets none either", () => {
    const page = openPageWith("?mail=ada@example.com");
    const existing = createFbq();
    page.window.fbq = existing;
    page.pixel({ ...granted, tags: { meta: tags.meta } }).track("ViewContent");
    expect(existing.queue).toEqual([]);
  });

  test("a refusal there stops the tags that run", () => {
    const page = openPage("https://shop.example/");
    const pixel = page.pixel({ ...granted, tags });
    page.window.history.pushState({}, "", "/account?mail=ada@example.com");
    pixel.consent({ advertising: false });
    expect((page.window.fbq as { queue: unknown[][] }).queue[0]).toEqual(["consent", "revoke"]);
  });
});

describe("debug", () => {
  test("writes every emitted event, with its kind", async () => {
    const page = openPage();
    const pixel = page.pixel({
      debug: true,
      tags: { meta: tags.meta },
      beforeSend: (event) => (event.name === "Search" ? null : event),
    });
    const emitted: [string, unknown][] = [];
    for (const kind of ["tracked", "issue", "consent", "held", "sent", "dropped", "error"] as const)
      pixel.on(kind, (event) => emitted.push([kind, event]));
    page.answers.push("offline");
    pixel.track("ViewContent");
    pixel.identify({ email: "no address" });
    pixel.consent({ advertising: true });
    pixel.track("Search");
    page.scripts()[0]?.onerror?.(new Event("error") as never);
    await page.pass(60_000);
    expect(new Set(emitted.map(([kind]) => kind)).size).toBe(7);
    expect(page.warnings.slice(-emitted.length)).toEqual(
      emitted.map(([kind, event]) => `${kind} ${JSON.stringify(event)}`),
    );
  });

  test("never personal data, whatever is tracked and identified", async () => {
    const page = openPageWith(
      "?mail=ada@example.com&fbclid=ClickOfAda&ttclid=E.C.P.Ada",
      "https://mail.example/?to=ada%40example.com",
      "Ada Lovelace, ada@example.com",
    );
    const pixel = page.pixel({
      debug: true,
      tags,
      app: undefined,
      beforeSend: (event) => (event.name === "Search" ? null : event),
    });
    const person = {
      email: ["ada@example.com", "ada-no-address"],
      phone: "+1 (213) 373-4253",
      firstName: "Ada",
      lastName: "Lovelace",
      city: "Piccadilly",
      zip: "SW1Y 4QQ",
      externalId: "customer-4711",
      birthDate: "1815-12-99",
    };
    pixel.identify(person as never);
    pixel.track("ViewContent", { description: "for Ada Lovelace", contentName: "ada@example.com" });
    pixel.identify({ phone: "373 4253 55", country: "Neverland" });
    pixel.consent({ advertising: true, other: "Ada" } as never);
    pixel.track("Search", { searchString: "Ada" });
    pixel.track("Purchase", { currency: "Ada", value: "Lovelace" } as never);
    pixel.track("ViewContent", "Ada" as never);
    pixel.track("ViewContent", {}, { id: "Ada Lovelace" });
    pixel.identify({ email: "bob@example.com" });
    page.answers.push("offline", { status: 400 });
    await page.pass(60_000);
    pixel.reset();
    pixel.consent({ advertising: false });
    page.hide();
    expect(page.warnings.length).toBeGreaterThan(10);
    const log = page.warnings.join("\n");
    for (const raw of [
      /ada/i,
      /lovelace/i,
      /373/,
      /piccadilly/i,
      /sw1y/i,
      /4711/,
      /1815/,
      /neverland/i,
      /bob/i,
      /E\.C\.P/,
    ])
      expect(log).not.toMatch(raw);
    // Nor its hashes, which tell as much to those who have the data.
    expect(log).not.toMatch(/[0-9a-f]{64}/);
  });

  test("its listeners' errors are told, and stop no other listener", () => {
    const page = openPage();
    const pixel = page.pixel({ debug: true });
    pixel.on("tracked", () => {
      throw new Error("a listener's own");
    });
    const heard = listen(pixel, "tracked");
    pixel.track("ViewContent");
    expect(heard).toHaveLength(1);
    expect(page.warnings.join("\n")).toContain("listener");
  });
});
