import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Pixel } from "../src/pixel.js";
import { fillStorage, listen, openPage, openTab, received, settle, stored, type TestPage, tags } from "./page.js";

const granted = { consent: { advertising: true } };
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

// Published vectors: "Report App, Web, Offline, or CRM Events".
const email = {
  given: " ALICE_abc@gmail.com ",
  hash: "848a771458438fc2ec420560d769fb9b9b86851ee338ec56517baabd79d3bb4f",
};
const phone = { given: "(+1)2133734253", hash: "9f7ec22d72092cd3c0b58726ed9c2d91b92e51a3f29837508fb2948bb22dd2fd" };
const externalId = { given: "user_123", hash: "80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b" };

const everything = { email: email.given, phone: phone.given, externalId: externalId.given };
const hashed = {
  meta: { em: email.hash, ph: sha256("12133734253"), external_id: externalId.hash },
  tiktok: { email: email.hash, phone: phone.hash, external_id: externalId.hash },
};

/** What the tags were told so far. */
function tagCalls({ window }: TestPage): unknown[] {
  return [...(window.fbq as { queue: unknown[] }).queue, ...(window.ttq as unknown[])];
}

describe("identify", () => {
  test("hashes for both vendors; the raw data is neither sent nor stored", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags });
    pixel.identify({ ...everything, city: "Paris" });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.matchKeys).toEqual({
      meta: { ...hashed.meta, ct: sha256("paris") },
      tiktok: { ...hashed.tiktok, city: "paris" },
    });
    // TikTok takes the city in the clear: it is not kept.
    expect(stored(page)["beaconry.keys"]).toEqual({
      meta: { ...hashed.meta, ct: sha256("paris") },
      tiktok: hashed.tiktok,
    });
    const all = JSON.stringify([
      stored(page),
      page.requests,
      page.window.fbq,
      page.window.ttq,
      page.window.document.cookie,
    ]);
    for (const raw of ["alice", "ALICE", "2133734253", "user_123", "Paris"]) expect(all).not.toContain(raw);
  });

  test("lasts for later pages", async () => {
    const page = openPage();
    page.pixel(granted).identify(everything);
    const later = openPage("https://shop.example/2", page);
    later.pixel(granted).track("ViewContent");
    await later.pass(1000);
    expect(received(later)[0]?.matchKeys).toEqual(hashed);
  });

  test("before the answer: kept in memory, then used for what was held", async () => {
    const page = openPage();
    const pixel = page.pixel();
    pixel.track("ViewContent");
    pixel.identify({ email: email.given });
    expect(stored(page)).toEqual({});
    pixel.consent({ advertising: true });
    await page.pass(1000);
    expect(received(page)[0]?.matchKeys?.meta).toMatchObject({ em: email.hash });
    expect(stored(page)["beaconry.keys"]).toEqual({ meta: { em: email.hash }, tiktok: { email: email.hash } });
  });

  test("after a refusal it does nothing", () => {
    const page = openPage();
    const pixel = page.pixel();
    pixel.consent({ advertising: false });
    pixel.identify(everything);
    pixel.consent({ advertising: true });
    expect(stored(page)).toMatchObject({ "beaconry.consent": { advertising: true } });
    expect(stored(page)).not.toHaveProperty(["beaconry.keys"]);
  });

  test("adds to what is known of the same person", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.identify({ email: email.given });
    pixel.identify({ email: email.given, externalId: externalId.given });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.matchKeys?.meta).toEqual({ em: email.hash, external_id: externalId.hash });
  });

  test("somebody else on the same device does not get the first one's keys", async () => {
    const page = openPage();
    page.pixel(granted).identify(everything);
    const later = openPage("https://shop.example/2", page);
    const pixel = later.pixel(granted);
    pixel.identify({ externalId: "user_456" });
    pixel.track("ViewContent");
    await later.pass(1000);
    expect(received(later)[0]?.matchKeys?.meta).toEqual({ external_id: sha256("user_456") });
    expect(stored(later)["beaconry.keys"]).toEqual({
      meta: { external_id: sha256("user_456") },
      tiktok: { external_id: sha256("user_456") },
    });
  });

  test("what cannot be used is reported, without the value", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, debug: true });
    const issues = listen(pixel, "issue");
    pixel.identify({ email: "secret-not-an-address", phone: "555 0199" });
    await page.pass(0);
    expect(issues.map(({ issue }) => [issue.code, issue.path])).toEqual([
      ["unusable", "user.email"],
      ["unusable", "user.phone"],
    ]);
    expect(JSON.stringify([issues, page.warnings])).not.toMatch(/secret|0199/);
  });

  test("what others wrote into storage is not believed", async () => {
    const page = openPage();
    page.window.localStorage.setItem("beaconry.keys", '{"meta":{"em":"ada@example.com","fn":["x"]},"tiktok":7}');
    page.window.localStorage.setItem("beaconry.id", '{"an":"object"}');
    page.pixel(granted).track("ViewContent");
    await page.pass(1000);
    const anonymous = sha256(String(stored(page)["beaconry.id"]));
    expect(received(page)[0]?.matchKeys).toEqual({
      meta: { external_id: anonymous },
      tiktok: { external_id: anonymous },
    });
    expect(stored(page)["beaconry.id"]).toMatch(/^id-/);
  });
});

describe("this browser's anonymous id", () => {
  test("is kept under consent, and its hash is the external id of a person who has no other", async () => {
    const page = openPage();
    const pixel = page.pixel();
    expect(stored(page)).not.toHaveProperty(["beaconry.id"]);
    pixel.consent({ advertising: true });
    const id = stored(page)["beaconry.id"];
    expect(id).toMatch(/^id-\d+$/);
    pixel.track("ViewContent");
    pixel.identify({ email: email.given });
    pixel.track("ViewContent");
    pixel.identify({ externalId: externalId.given });
    pixel.track("ViewContent");
    await page.pass(1000);
    const anonymous = sha256(String(id));
    expect(received(page).map(({ matchKeys }) => matchKeys)).toEqual([
      { meta: { external_id: anonymous }, tiktok: { external_id: anonymous } },
      { meta: { em: email.hash, external_id: anonymous }, tiktok: { email: email.hash, external_id: anonymous } },
      {
        meta: { em: email.hash, external_id: externalId.hash },
        tiktok: { email: email.hash, external_id: externalId.hash },
      },
    ]);
    // It is of the browser, not of the person.
    expect(stored(page)["beaconry.id"]).toBe(id);
    expect(JSON.stringify(stored(page)["beaconry.keys"])).not.toContain(anonymous);
  });

  test("is the same on later pages", async () => {
    const page = openPage();
    page.pixel(granted);
    const id = stored(page)["beaconry.id"];
    const later = openPage("https://shop.example/2", page);
    later.pixel(granted).track("ViewContent");
    await later.pass(1000);
    expect(stored(later)["beaconry.id"]).toBe(id);
    expect(received(later)[0]?.matchKeys?.meta).toEqual({ external_id: sha256(String(id)) });
  });

  test("is new after a refusal", () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const id = stored(page)["beaconry.id"];
    pixel.consent({ advertising: false });
    expect(stored(page)).not.toHaveProperty(["beaconry.id"]);
    pixel.consent({ advertising: true });
    expect(stored(page)["beaconry.id"]).toMatch(/^id-/);
    expect(stored(page)["beaconry.id"]).not.toBe(id);
  });

  test("lasts for the page where storage is denied", async () => {
    const page = openPage();
    Object.defineProperty(page.window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    pixel.consent({ limitedDataUse: true });
    pixel.track("ViewContent");
    await page.pass(1000);
    const [first, second] = received(page).map(({ matchKeys }) => matchKeys?.meta?.external_id);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(second).toBe(first);
  });

  test("in an app it is the anonId of the device, unless that has one", async () => {
    const device = { platform: "ios", osVersion: "17.2" } as const;
    const inApp = { app: { id: "com.shop" }, consent: { advertising: true, advertiserTracking: true } };
    const page = openPage();
    page.pixel({ ...inApp, device }).track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.context.device).toEqual({ ...device, anonId: stored(page)["beaconry.id"] });
    const given = openPage();
    given.pixel({ ...inApp, device: { ...device, anonId: "mine" } }).track("ViewContent");
    await given.pass(1000);
    expect(received(given)[0]?.context.device).toEqual({ ...device, anonId: "mine" });
  });

  test("in an app where tracking is not allowed there is none", async () => {
    const device = { platform: "ios", osVersion: "17.2" } as const;
    const page = openPage();
    page
      .pixel({ app: { id: "com.shop" }, device, consent: { advertising: true, advertiserTracking: false } })
      .track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.context.device).toEqual(device);
    expect(received(page)[0]).not.toHaveProperty("matchKeys");
    expect(stored(page)).not.toHaveProperty(["beaconry.id"]);
  });
});

describe("reset", () => {
  test("forgets the person and takes a new anonymous id; consent stays", async () => {
    const page = openPage();
    const pixel = page.pixel();
    pixel.consent({ advertising: true });
    pixel.identify(everything);
    const before = stored(page)["beaconry.id"];
    pixel.reset();
    const after = stored(page)["beaconry.id"];
    expect(after).toMatch(/^id-/);
    expect(after).not.toBe(before);
    expect(stored(page)).not.toHaveProperty(["beaconry.keys"]);
    expect(stored(page)["beaconry.consent"]).toEqual({ advertising: true });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.matchKeys?.meta).toEqual({ external_id: sha256(String(after)) });
    const later = openPage("https://shop.example/2", page);
    later.pixel().track("ViewContent");
    await later.pass(1000);
    expect(received(later)[0]?.matchKeys?.meta).toEqual({ external_id: sha256(String(after)) });
  });

  test("what was tracked before keeps the person it was of", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.identify({ email: email.given });
    pixel.track("ViewContent");
    pixel.reset();
    await page.pass(1000);
    expect(received(page)[0]?.matchKeys?.meta?.em).toBe(email.hash);
  });

  test("a phone number that is still being read belongs to the person before", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.identify({ phone: "(213) 373-4253", country: "US" });
    pixel.reset();
    await page.pass(0);
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(Object.keys(received(page)[0]?.matchKeys?.meta ?? {})).toEqual(["external_id"]);
  });

  test("leaves events to the collector alone, and the next page has tags again", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags });
    pixel.identify({ email: email.given });
    pixel.track("ViewContent");
    pixel.reset();
    const before = tagCalls(page);
    pixel.identify({ email: "bob@example.com" });
    pixel.track("AddToWishlist");
    await page.pass(1000);
    expect(received(page).map((event) => event.tags)).toEqual([["meta", "tiktok"], []]);
    expect(tagCalls(page)).toEqual(before);
    const next = openPage("https://shop.example/2", page);
    next.pixel({ ...granted, tags }).track("ViewContent");
    await next.pass(1000);
    expect(received(next)[0]?.tags).toEqual(["meta", "tiktok"]);
  });

  test("before the answer it forgets what was identified, and stores nothing", async () => {
    const page = openPage();
    const pixel = page.pixel();
    pixel.identify({ email: email.given });
    pixel.reset();
    expect(stored(page)).toEqual({});
    pixel.consent({ advertising: true });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.matchKeys?.meta).not.toHaveProperty("em");
  });

  test("after a refusal it changes nothing", () => {
    const page = openPage();
    const pixel = page.pixel();
    pixel.consent({ advertising: false });
    pixel.reset();
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
  });
});

describe("what became of the person elsewhere", () => {
  const open = (page: TestPage) => {
    const pixel = page.pixel({ ...granted, tags });
    pixel.identify({ email: email.given });
    return pixel;
  };

  /** What the page knows of the person, and what it leaves the next one. */
  async function known(page: TestPage, pixel = page.pixel(granted)): Promise<unknown[]> {
    pixel.track("Search");
    await page.pass(1000);
    const next = openPage("https://shop.example/next", page);
    next.pixel(granted).track("Contact");
    await next.pass(1000);
    return [received(page).at(-1), received(next).at(-1)].map((event) => event?.matchKeys?.meta?.em);
  }

  test("a reset counts when a page comes back from the back/forward cache", async () => {
    const page = openPage();
    const pixel = open(page);
    page.hide();
    const other = openPage("https://shop.example/logout", page);
    other.pixel(granted).reset();
    const { localStorage } = page.window;
    localStorage.clear();
    for (const [name, value] of Object.entries(stored(other))) localStorage.setItem(name, JSON.stringify(value));
    page.comeBack();
    expect(await known(page, pixel)).toEqual([undefined, undefined]);
    expect(stored(page)["beaconry.id"]).toBe(stored(other)["beaconry.id"]);
    // The tags know the person: they get nothing more.
    expect(received(page).at(-1)?.tags).toEqual([]);
  });

  test("and so does another person", async () => {
    const page = openPage();
    const pixel = open(page);
    page.hide();
    const other = openPage("https://shop.example/login", page);
    other.pixel(granted).identify({ email: "bob@example.com" });
    page.window.localStorage.setItem("beaconry.keys", JSON.stringify(stored(other)["beaconry.keys"]));
    page.comeBack();
    expect(await known(page, pixel)).toEqual([sha256("bob@example.com"), sha256("bob@example.com")]);
  });

  test("a reset in another tab counts in this one", async () => {
    const page = openPage();
    const pixel = open(page);
    openTab(page).pixel(granted).reset();
    await settle();
    expect(await known(page, pixel)).toEqual([undefined, undefined]);
  });

  test("a page that comes back to the same person goes on, and so does one that could keep nothing", async () => {
    for (const isFull of [false, true]) {
      const page = openPage();
      if (isFull) fillStorage(page);
      const pixel = open(page);
      page.hide();
      page.comeBack();
      pixel.track("Search");
      await page.pass(1000);
      expect(received(page)[0]?.matchKeys?.meta?.em).toBe(email.hash);
      expect(received(page)[0]?.tags).toEqual(["meta", "tiktok"]);
    }
  });
});

describe("somebody else on the page", () => {
  test("the tags know the first one, so events go by the collector alone, with the second one's keys", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags });
    pixel.identify({ email: email.given });
    pixel.track("ViewContent");
    const before = tagCalls(page);
    pixel.identify({ email: "bob@example.com" });
    pixel.track("Search");
    await page.pass(1000);
    const [first, second] = received(page);
    expect([first?.tags, first?.matchKeys?.meta?.em]).toEqual([["meta", "tiktok"], email.hash]);
    expect([second?.tags, second?.matchKeys?.meta?.em]).toEqual([[], sha256("bob@example.com")]);
    expect(tagCalls(page)).toEqual(before);
  });

  test("the same person told again, or told more of, is nobody else", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags });
    pixel.identify({ email: email.given });
    pixel.identify({ email: "alice_abc@gmail.com", phone: phone.given });
    pixel.identify({ externalId: externalId.given });
    pixel.track("Search");
    await page.pass(1000);
    expect(received(page)[0]?.tags).toEqual(["meta", "tiktok"]);
    expect(received(page)[0]?.matchKeys).toEqual(hashed);
  });
});

describe("an unusual form", () => {
  const unusual = { email: email.given, state: "California", country: "United States", birthDate: "12/10/1815" };
  const keys = { em: email.hash, st: sha256("ca"), country: sha256("us"), db: sha256("18151210") };

  test("is read by a file that is loaded for it, also for what was tracked in the meantime", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    pixel.identify(unusual);
    expect(stored(page)["beaconry.keys"]).toMatchObject({ meta: { em: email.hash } });
    pixel.track("Purchase", { currency: "EUR", value: 1 });
    await page.pass(1000);
    const external_id = sha256(String(stored(page)["beaconry.id"]));
    expect(received(page)[0]?.matchKeys).toEqual({
      meta: { ...keys, external_id },
      tiktok: { email: email.hash, state: "ca", country: "us", external_id },
    });
    expect(stored(page)["beaconry.keys"]).toEqual({ meta: keys, tiktok: { email: email.hash } });
    expect(issues).toEqual([]);
  });

  test("the file is loaded for no other, nor for this browser's anonymous id", async () => {
    const page = openPage();
    let loads = 0;
    page.person.load = () => {
      loads++;
      return new Promise(() => {});
    };
    const pixel = page.pixel(granted);
    pixel.identify({ ...everything, firstName: "Ada", city: "London", zip: "SW1Y 4QQ", country: "GB", gender: "f" });
    pixel.reset();
    pixel.identify({ birthDate: "1815-12-10", state: "CA", country: "US" });
    await page.pass(0);
    expect(loads).toBe(0);
    pixel.identify(unusual);
    expect(loads).toBe(1);
  });

  test("no file is loaded before the answer, nor after a refusal; with consent, what was held gets the keys", async () => {
    const page = openPage();
    const { load } = page.person;
    let loads = 0;
    page.person.load = () => {
      loads++;
      return load();
    };
    const pixel = page.pixel();
    pixel.identify(unusual);
    pixel.track("Search");
    const flushed = pixel.flush();
    await page.pass(1000);
    expect(await flushed).toMatchObject({ pending: 1 });
    expect(loads).toBe(0);
    pixel.consent({ advertising: true });
    await page.pass(1000);
    expect(loads).toBe(1);
    expect(received(page)[0]?.matchKeys?.meta).toMatchObject(keys);
    const refused = openPage();
    refused.person.load = page.person.load;
    const other = refused.pixel();
    other.identify(unusual);
    other.consent({ advertising: false });
    await refused.pass(1000);
    other.consent({ advertising: true });
    await refused.pass(1000);
    expect(loads).toBe(1);
  });

  test("whatever is told meanwhile, what was tracked before it gets the keys as well", async () => {
    for (const tell of [
      (pixel: Pixel) => pixel.identify({ phone: phone.given }),
      (pixel: Pixel) => pixel.consent({ advertising: true }),
    ]) {
      const page = openPage();
      const pixel = page.pixel(granted);
      pixel.identify(unusual);
      pixel.track("Search");
      tell(pixel);
      pixel.track("Contact");
      await page.pass(1000);
      for (const event of received(page)) expect(event.matchKeys?.meta).toMatchObject(keys);
      expect(received(page)).toHaveLength(2);
    }
  });

  test("of many that are told before the answer, the last ten are read", async () => {
    const page = openPage();
    const pixel = page.pixel();
    const issues = listen(pixel, "issue");
    for (let day = 10; day < 30; day++) pixel.identify({ birthDate: `9/${day}/1999`, gender: "?" });
    pixel.consent({ advertising: true });
    pixel.track("Search");
    await page.pass(1000);
    expect(issues).toHaveLength(10);
    expect(received(page)[0]?.matchKeys?.meta).toMatchObject({ db: sha256("19990929") });
  });

  test("a file that cannot be loaded is an issue of each value that it should have read", async () => {
    const page = openPage();
    page.person.load = () => Promise.reject(new Error("no such module"));
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    pixel.identify(unusual);
    pixel.track("Search");
    await page.pass(1000);
    expect(issues.map(({ issue }) => [issue.code, issue.path])).toEqual([
      ["unusable", "user.state"],
      ["unusable", "user.country"],
      ["unusable", "user.birthDate"],
    ]);
    expect(issues[0]?.issue.message).toContain("@beaconry/core/person");
    expect(received(page)[0]?.matchKeys?.meta).toMatchObject({ em: email.hash });
  });

  test("a file that is broken disturbs nothing, and flush resolves", async () => {
    const page = openPage();
    page.person.load = async () => ({}) as never;
    const pixel = page.pixel(granted);
    pixel.identify(unusual);
    pixel.track("Search");
    const flushed = pixel.flush();
    await page.pass(1000);
    expect(await flushed).toMatchObject({ pending: 0 });
    expect(received(page)[0]?.matchKeys?.meta).toMatchObject({ em: email.hash });
  });

  test("what is told after it goes before it", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.identify(unusual);
    pixel.identify({ state: "tx", country: "us" });
    pixel.identify({ externalId: externalId.given });
    await page.pass(0);
    pixel.track("Search");
    await page.pass(1000);
    expect(received(page)[0]?.matchKeys?.meta).toEqual({ ...keys, st: sha256("tx"), external_id: externalId.hash });
  });

  test("of two that are told, the later goes before the earlier, whichever is read first", async () => {
    const page = openPage();
    const first = Promise.withResolvers<Awaited<ReturnType<TestPage["person"]["load"]>>>();
    const load = page.person.load;
    page.person.load = () => first.promise;
    const pixel = page.pixel(granted);
    pixel.identify(unusual);
    page.person.load = load;
    pixel.identify({ state: "Texas", country: "US" });
    await page.pass(0);
    first.resolve(await load());
    await page.pass(0);
    pixel.track("Search");
    await page.pass(1000);
    expect(received(page)[0]?.matchKeys?.meta).toMatchObject({ ...keys, st: sha256("tx") });
  });

  test("of somebody else by now, or after reset or a refusal, it changes nothing", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.identify(unusual);
    pixel.track("Search");
    pixel.identify({ email: "bob@example.com" });
    pixel.track("Search");
    await page.pass(1000);
    pixel.identify(unusual);
    pixel.reset();
    pixel.track("Search");
    await page.pass(1000);
    const metaKeys = received(page).map(({ matchKeys }) => Object.keys(matchKeys?.meta ?? {}).sort());
    expect(metaKeys).toEqual([["em", "external_id"], ["em", "external_id"], ["external_id"]]);
    pixel.identify(unusual);
    pixel.consent({ advertising: false });
    await page.pass(1000);
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
  });

  test("that turns out to be of somebody else replaces whom the page knew", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags });
    pixel.identify(everything);
    pixel.track("Search");
    pixel.identify({ phone: "0044 7911 123456" });
    await page.pass(0);
    pixel.track("Search");
    await page.pass(1000);
    const [first, second] = received(page);
    const external_id = sha256(String(stored(page)["beaconry.id"]));
    expect([first?.tags, first?.matchKeys]).toEqual([["meta", "tiktok"], hashed]);
    expect([second?.tags, second?.matchKeys?.meta]).toEqual([[], { ph: sha256("447911123456"), external_id }]);
  });
});

describe("a national phone number", () => {
  const national = { phone: "(213) 373-4253", country: "US" };

  test("is read by the tables that are loaded for it, also for what was tracked in the meantime", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags });
    const issues = listen(pixel, "issue");
    pixel.track("Search");
    pixel.identify({ ...national, email: email.given });
    pixel.track("ViewContent");
    await page.pass(0);
    pixel.track("AddToCart");
    await page.pass(1000);
    const [before, meantime, after] = received(page).map(({ matchKeys }) => matchKeys);
    const external_id = sha256(String(stored(page)["beaconry.id"]));
    const meta = { em: email.hash, country: sha256("us"), ph: sha256("12133734253"), external_id };
    expect(before?.meta).toEqual({ external_id });
    for (const keys of [meantime, after]) {
      expect(keys?.meta).toEqual(meta);
      expect(keys?.tiktok?.phone).toBe(phone.hash);
    }
    expect(issues).toEqual([]);
    expect((page.window.ttq as unknown[][]).filter(([method]) => method === "identify").at(-1)).toEqual([
      "identify",
      { email: email.hash, phone_number: phone.hash, external_id },
    ]);
  });

  test("is kept for the next page by the time that flush resolves", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.identify(national);
    await pixel.flush();
    const next = openPage("https://shop.example/thanks", page);
    next.pixel(granted).track("Contact");
    await next.pass(1000);
    expect(received(next).at(-1)?.matchKeys?.tiktok?.phone).toBe(phone.hash);
  });

  test("holds flush up no longer than its timeout", async () => {
    const page = openPage();
    page.environment.importPhone = () => new Promise(() => {});
    const pixel = page.pixel(granted);
    pixel.identify(national);
    let resolved = false;
    const flushed = pixel.flush({ timeout: 300 }).then(() => {
      resolved = true;
    });
    await page.pass(299);
    expect(resolved).toBe(false);
    await page.pass(1);
    await flushed;
  });

  test("the tables are not loaded for other numbers", async () => {
    const page = openPage();
    let loads = 0;
    page.environment.importPhone = async () => {
      loads++;
      return { parsePhone: () => undefined };
    };
    const pixel = page.pixel(granted);
    pixel.identify({ phone: "+12133734253", country: "US" });
    pixel.identify({ phone: "2133734253" });
    pixel.identify({ email: email.given, country: "US" });
    await page.pass(0);
    expect(loads).toBe(0);
    pixel.identify(national);
    await page.pass(0);
    expect(loads).toBe(1);
  });

  test("tables that cannot be loaded are an issue", async () => {
    const page = openPage();
    page.environment.importPhone = () => Promise.reject(new Error("no such module"));
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    pixel.identify(national);
    await page.pass(0);
    expect(issues).toHaveLength(1);
    expect(issues[0]?.issue).toMatchObject({ code: "unusable", path: "user.phone" });
    expect(issues[0]?.issue.message).toContain("@beaconry/core/phone");
  });

  test("a number of no country is reported once, after the tables have been asked", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const issues = listen(pixel, "issue");
    pixel.identify({ phone: "12", country: "US" });
    await page.pass(0);
    expect(issues.map(({ issue }) => issue.path)).toEqual(["user.phone"]);
  });

  test("that comes too late changes nothing", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.identify({ ...national, email: email.given });
    pixel.identify({ email: "bob@example.com" });
    await page.pass(0);
    pixel.track("ViewContent");
    pixel.identify(national);
    pixel.consent({ advertising: false });
    await page.pass(1000);
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
    pixel.consent({ advertising: true });
    pixel.track("Search");
    await page.pass(1000);
    const [event, ...others] = received(page);
    expect(others).toEqual([]);
    expect(Object.keys(event?.matchKeys?.meta ?? {})).toEqual(["external_id"]);
  });
});
