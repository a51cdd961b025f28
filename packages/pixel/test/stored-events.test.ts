import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createLocks,
  fillStorage,
  kill,
  listen,
  openPage,
  openTab,
  parse,
  received,
  settle,
  stored,
  storedEvents,
  type TestPage,
} from "./page.js";

const granted = { consent: { advertising: true } };
const slow = { ...granted, batch: { maxDelay: 60_000 } };
const idsAt = (page: TestPage) => received(page).map(({ id }) => id);

/** A page that could not send its events, and was left. */
function openLeft(count = 1): { page: TestPage; ids: string[] } {
  const page = openPage();
  page.beaconTakes.value = false;
  const pixel = page.pixel(slow);
  const ids = Array.from({ length: count }, () => pixel.track("ViewContent"));
  page.hide();
  return { page, ids };
}

/** The ids of the events that the collector has from these pages. */
const taken = (...pages: TestPage[]) =>
  pages.flatMap(({ requests }) =>
    requests.filter(({ status }) => status === 202).flatMap(({ body }) => parse(body).events.map(({ id }) => id)),
  );

describe("an event that waits", () => {
  test("is stored at once, under its page and its id", () => {
    const page = openPage();
    const pixel = page.pixel(slow);
    const ids = [pixel.track("ViewContent"), pixel.track("Search", { searchString: "shoes" }, { id: "order.17" })];
    const [first, second] = storedEvents(page);
    expect([first?.id, second?.id]).toEqual(ids);
    expect(first?.page).toBe(second?.page);
    expect(second?.event).toMatchObject({
      id: "order.17",
      name: "Search",
      time: 1_760_000_000_000,
      properties: { searchString: "shoes" },
      context: { source: "web", page: { url: "https://shop.example/" } },
      tags: [],
    });
  });

  test("is removed when the collector has it", async () => {
    const page = openPage();
    page.pixel(granted).track("ViewContent");
    expect(storedEvents(page)).toHaveLength(1);
    await page.pass(1000);
    expect(received(page)).toHaveLength(1);
    expect(storedEvents(page)).toEqual([]);
  });

  test.each(["offline" as const, { status: 503 }, { status: 429 }])(
    "stays while the collector fails: %o",
    async (answer) => {
      const page = openPage();
      page.answers.push(answer);
      page.pixel(granted).track("ViewContent");
      await page.pass(1000);
      expect(page.requests).toHaveLength(1);
      expect(storedEvents(page)).toHaveLength(1);
    },
  );

  test.each([
    ["refused", { status: 400 }],
    ["rejected", { status: 202, body: { rejected: [{ id: "mine" }] } }],
    ["too_large", { status: 413 }],
  ])("is removed when it is dropped: %s", async (reason, answer) => {
    const page = openPage();
    page.answers.push(answer);
    const pixel = page.pixel(granted);
    const dropped = listen(pixel, "dropped");
    pixel.track("ViewContent", {}, { id: "mine" });
    await page.pass(1000);
    expect(dropped.map((one) => one.reason)).toEqual([reason]);
    expect(storedEvents(page)).toEqual([]);
  });

  test("is removed when others push it out", async () => {
    const page = openPage();
    page.answers.push({ status: 503, headers: { "Retry-After": "60" } });
    const pixel = page.pixel({ ...granted, batch: { maxEvents: 1 } });
    const ids = [pixel.track("ViewContent")];
    await page.pass(0);
    for (let count = 0; count < 1002; count++) ids.push(pixel.track("ViewContent"));
    expect(storedEvents(page).map(({ id }) => id)).toEqual(ids.slice(3));
  });

  test("is another one than that of another name under the same id, as of an order", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, batch: { maxEvents: 1 } });
    page.answers.push("offline");
    pixel.track("AddPaymentInfo", {}, { id: "order-17" });
    await page.pass(0);
    pixel.track("Purchase", { currency: "EUR", value: 9.99 }, { id: "order-17" });
    expect(storedEvents(page)).toHaveLength(2);
    // The tab ends as the first of the two has arrived.
    page.answers.push({ status: 202 }, "offline");
    await pixel.flush();
    kill(page);
    const tab = openTab(page);
    tab.pixel(granted);
    await tab.pass(300_000);
    expect(received(tab).map(({ name }) => name)).toEqual(["Purchase"]);
    expect(storedEvents(tab)).toEqual([]);
  });

  test("is not stored before the person has agreed, nor when it is too large to be sent", () => {
    const page = openPage();
    const pixel = page.pixel({ batch: slow.batch });
    pixel.track("ViewContent");
    expect(stored(page)).toEqual({});
    pixel.consent({ advertising: true });
    expect(storedEvents(page)).toHaveLength(1);
    pixel.track("ViewContent", { description: "x".repeat(61_440) });
    expect(storedEvents(page)).toHaveLength(1);
  });

  test("is stored with hashes alone: neither device, nor city, state and country as TikTok takes them", async () => {
    const page = openPage();
    const app = { id: "com.shop" };
    const device = {
      platform: "ios",
      osVersion: "17.2",
      advertisingId: "EA7583CD-A667-48BC-B806-42ECB2B48606",
    } as const;
    const pixel = page.pixel({ ...slow, app, device, consent: { advertising: true, advertiserTracking: true } });
    pixel.identify({ email: "ada@example.com", city: "Paris", state: "Texas", country: "FR" });
    pixel.track("ViewContent");
    const text = JSON.stringify(stored(page)).toLowerCase();
    for (const raw of ["ada@", "paris", "texas", '"tx"', '"fr"', "ea7583cd", "17.2", "osversion"])
      expect(text).not.toContain(raw);
    const [kept] = storedEvents(page);
    const { matchKeys, context } = (kept?.event ?? {}) as Record<string, Record<string, object>>;
    expect(Object.keys(matchKeys?.meta ?? {}).sort()).toEqual(["country", "ct", "em", "external_id", "st"]);
    expect(Object.keys(matchKeys?.tiktok ?? {}).sort()).toEqual(["email", "external_id"]);
    expect(context).not.toHaveProperty("device");
    // What is sent by this page has them all.
    await page.pass(60_000);
    expect(received(page)[0]?.context.device?.advertisingId).toBe(device.advertisingId);
    expect(received(page)[0]?.matchKeys?.tiktok?.city).toBe("paris");
  });
});

describe("the next page", () => {
  test("sends what the one before could not, under the same ids, with the time and address they had", async () => {
    const { page, ids } = openLeft(3);
    const next = openPage("https://shop.example/next", page);
    await next.pass(50_000);
    const pixel = next.pixel(granted);
    const sent = listen(pixel, "sent");
    await next.pass(1000);
    expect(idsAt(next)).toEqual(ids);
    expect(received(next)[0]).toMatchObject({
      time: 1_760_000_000_000,
      context: { page: { url: "https://shop.example/" } },
      consent: { advertising: true },
    });
    expect(sent).toEqual([{ ids }]);
    expect(storedEvents(next)).toEqual([]);
    expect(await pixel.flush()).toEqual({ sent: 3, pending: 0, dropped: 0, reasons: {} });
  });

  test("keeps as its own what it can not send either, for the page after it", async () => {
    const { page, ids } = openLeft();
    const second = openPage("https://shop.example/2", page);
    second.answers.push("offline");
    second.beaconTakes.value = false;
    second.pixel(granted);
    await second.pass(1000);
    expect(storedEvents(second).map(({ id }) => id)).toEqual(ids);
    expect(storedEvents(second)[0]?.page).not.toBe(storedEvents(page)[0]?.page);
    second.window.dispatchEvent(new second.window.Event("pagehide"));
    const third = openPage("https://shop.example/3", second);
    third.pixel(granted);
    await third.pass(1000);
    expect(idsAt(third)).toEqual(ids);
    expect(storedEvents(third)).toEqual([]);
  });

  test("with the consent of today, not of then", async () => {
    const { page } = openLeft();
    const next = openPage("https://shop.example/next", page);
    next.pixel({ consent: { advertising: true, limitedDataUse: true } });
    await next.pass(1000);
    expect(received(next)[0]?.consent).toEqual({ advertising: true, limitedDataUse: true });
  });

  test("in an app with the device, which is not stored, and with no more than is allowed now", async () => {
    const device = {
      platform: "ios",
      osVersion: "17.2",
      advertisingId: "EA7583CD-A667-48BC-B806-42ECB2B48606",
    } as const;
    const app = { ...slow, app: { id: "com.shop" }, device };
    const page = openPage();
    page.beaconTakes.value = false;
    page.pixel({ ...app, consent: { advertising: true, advertiserTracking: true } }).track("Purchase", {
      currency: "EUR",
      value: 9.99,
    });
    page.hide();
    for (const advertiserTracking of [true, false]) {
      const next = openPage("https://shop.example/next", page);
      await next.pixel({ ...app, consent: { advertising: true, advertiserTracking } }).flush();
      const { context, matchKeys } = received(next)[0] ?? {};
      expect(context?.device).toMatchObject({ platform: "ios", osVersion: "17.2" });
      expect(context?.device?.advertisingId).toBe(advertiserTracking ? device.advertisingId : undefined);
      expect(matchKeys !== undefined).toBe(advertiserTracking);
    }
  });

  test("flush sends them as well", async () => {
    const { page } = openLeft(2);
    const next = openPage("https://shop.example/next", page);
    expect(await next.pixel(granted).flush()).toEqual({ sent: 2, pending: 0, dropped: 0, reasons: {} });
  });

  test("drops what is 24 hours old, and removes it; a little younger goes", async () => {
    for (const [hours, reasons] of [
      [24, { too_old: 1 }],
      [23.99, {}],
    ] as const) {
      const { page, ids } = openLeft();
      kill(page);
      await page.pass(hours * 3_600_000);
      const next = openPage("https://shop.example/next", page);
      const pixel = next.pixel(granted);
      const dropped = listen(pixel, "dropped");
      expect((await pixel.flush()).reasons).toEqual(reasons);
      expect(dropped).toEqual("too_old" in reasons ? [{ ids, reason: "too_old" }] : []);
      expect(idsAt(next)).toEqual("too_old" in reasons ? [] : ids);
      expect(storedEvents(next)).toEqual([]);
    }
  });

  test("takes what several pages left, more than one has room for, and pushes none of its own out for it", async () => {
    const page = openPage();
    const ids: string[] = [];
    for (const tab of [page, openTab(page)]) {
      tab.beaconTakes.value = false;
      tab.environment.fetch = () => new Promise(() => {});
      const pixel = tab.pixel(slow);
      for (let count = 0; count < 900; count++) ids.push(pixel.track("ViewContent"));
      tab.window.dispatchEvent(new tab.window.Event("pagehide"));
      kill(tab);
    }
    const next = openPage("https://shop.example/next", page);
    const pixel = next.pixel({ ...granted, batch: { maxEvents: 100 } });
    for (let count = 0; count < 50; count++) ids.push(pixel.track("Search"));
    await next.pass(120_000);
    expect(await pixel.flush()).toEqual({ sent: 1850, pending: 0, dropped: 0, reasons: {} });
    expect(idsAt(next).sort()).toEqual(ids.sort());
    expect(storedEvents(next)).toEqual([]);
  });

  test("is not stopped by what others wrote there", async () => {
    const { page, ids } = openLeft();
    const { localStorage } = page.window;
    const texts = ["", "{", "null", "5", '"x"', "[]", "{}", '{"id":5}', '{"id":"old"}', '{"id":"x","time":"soon"}'];
    for (const [index, text] of texts.entries()) localStorage.setItem(`beaconry.queue.other.${index}`, text);
    localStorage.setItem("beaconry.queue.", "{}");
    localStorage.setItem("beaconry.queue.x", "{}");
    const next = openPage("https://shop.example/next", page);
    const pixel = next.pixel(granted);
    const errors = listen(pixel, "error");
    await next.pass(1000);
    expect(idsAt(next)).toEqual(ids);
    expect(errors).toEqual([]);
    expect(storedEvents(next)).toEqual([]);
  });

  test("nor by what looks like an event: that is the collector's to refuse", async () => {
    const { page, ids } = openLeft();
    for (const context of ["", ',"context":null', ',"context":5', ',"context":{"device":5},"matchKeys":5,"tags":5'])
      page.window.localStorage.setItem(`beaconry.queue.other.${context}`, `{"id":"x","time":1760000000000${context}}`);
    const next = openPage("https://shop.example/next", page);
    next.pixel(granted);
    await next.pass(1000);
    expect([...new Set(idsAt(next))].sort()).toEqual([...ids, "x"].sort());
    expect(storedEvents(next)).toEqual([]);
  });
});

describe("where there are no Web Locks, a page signs that it is here", () => {
  const signs = (page: TestPage) => Object.entries(stored(page)).filter(([name]) => name.startsWith("beaconry.page."));

  test("with the time, while it has events, until it is left", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    expect(signs(page)).toEqual([]);
    await page.pass(30_000);
    pixel.track("ViewContent");
    expect(signs(page).map(([, at]) => at)).toEqual([1_760_000_030_000]);
    expect(signs(page)[0]?.[0]).toBe(`beaconry.page.${storedEvents(page)[0]?.page}`);
    page.hide();
    expect(signs(page)).toEqual([]);
  });

  test("another tab leaves it its events, and sends them once it is gone without a word for 180 s", async () => {
    const page = openPage();
    const id = page.pixel(slow).track("ViewContent");
    kill(page);
    const tab = openTab(page);
    const pixel = tab.pixel(granted);
    await tab.pass(179_000);
    expect(tab.requests).toEqual([]);
    await pixel.flush();
    expect(tab.requests).toEqual([]);
    await tab.pass(1000);
    await pixel.flush();
    expect(idsAt(tab)).toEqual([id]);
    expect(storedEvents(tab)).toEqual([]);
    expect(signs(tab)).toHaveLength(1);
  });

  test("a sign of the future, of a clock that was set back since, is none", async () => {
    const page = openPage();
    const day = 86_400_000;
    page.machine.clock.now += day;
    const id = page.pixel(slow).track("ViewContent");
    kill(page);
    const tab = openTab(page);
    tab.machine.clock.now -= day;
    await tab.pixel(granted).flush();
    expect(idsAt(tab)).toEqual([id]);
  });

  test("the other tab finds that out by itself", async () => {
    const page = openPage();
    const id = page.pixel(slow).track("ViewContent");
    kill(page);
    const tab = openTab(page);
    tab.pixel(granted);
    await tab.pass(240_000);
    expect(idsAt(tab)).toEqual([id]);
  });

  test("a page that ended without a word, with nothing to send, leaves no sign for good", async () => {
    const page = openPage();
    page.pixel(granted);
    kill(page);
    const later = openPage("https://shop.example/2", page);
    await later.pass(86_400_000);
    const pixel = later.pixel(granted);
    pixel.track("ViewContent");
    await pixel.flush();
    expect(signs(later)).toHaveLength(1);
  });

  test("a tab with no events of others has no timer", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    await page.pass(2000);
    expect(received(page)).toHaveLength(1);
    expect(page.nextTimer()).toBeUndefined();
  });
});

describe("two pages never send the same stored event", () => {
  test("while both live", async () => {
    const page = openPage();
    page.answers.push({ status: 503 }, { status: 503 });
    const first = page.pixel(granted);
    const tab = openTab(page);
    const second = tab.pixel(granted);
    const ids = [first.track("ViewContent"), second.track("Search"), first.track("ViewContent")];
    await page.pass(600_000);
    expect(taken(page, tab).sort()).toEqual([...ids].sort());
  });

  test("when one is left, and several others come for what it left", async () => {
    const page = openPage();
    page.beaconTakes.value = false;
    const pixel = page.pixel(slow);
    const ids = Array.from({ length: 5 }, () => pixel.track("ViewContent"));
    const tabs = Array.from({ length: 4 }, () => openTab(page));
    page.window.dispatchEvent(new page.window.Event("pagehide"));
    kill(page);
    for (const tab of tabs) tab.pixel(granted);
    await page.pass(10_000);
    expect(tabs.flatMap(idsAt)).toEqual(ids);
  });

  test("when the collector asks one for more patience than a sign lasts", async () => {
    const page = openPage();
    page.answers.push({ status: 429, headers: { "Retry-After": "300" } });
    const id = page.pixel(granted).track("ViewContent");
    await page.pass(1000);
    expect(idsAt(page)).toEqual([id]);
    const tab = openTab(page);
    await tab.pass(200_000);
    tab.pixel(granted);
    await tab.pass(300_000);
    expect(taken(page, tab)).toEqual([id]);
  });

  test("when one comes back from the back/forward cache after another has sent what it left", async () => {
    const page = openPage();
    page.beaconTakes.value = false;
    const id = page.pixel(slow).track("ViewContent");
    const tab = openTab(page);
    page.window.dispatchEvent(new page.window.Event("pagehide"));
    tab.pixel(granted);
    await tab.pass(1000);
    expect(idsAt(tab)).toEqual([id]);
    page.comeBack();
    await page.pass(120_000);
    expect(idsAt(page)).toEqual([]);
  });

  test("when one slept, as phones do to pages in the background, longer than a sign lasts", async () => {
    const page = openPage();
    const id = page.pixel(slow).track("ViewContent");
    const asleep = [...page.machine.timers];
    page.machine.timers.clear();
    const tab = openTab(page);
    await tab.pass(181_000);
    tab.pixel(granted);
    await tab.pass(1000);
    expect(idsAt(tab)).toEqual([id]);
    for (const timer of asleep) page.machine.timers.add(timer);
    await page.pass(120_000);
    expect(idsAt(page)).toEqual([]);
  });

  test.each(["signs", "locks"])(
    "whatever happens in whatever order, by %s: each event arrives, and none twice",
    async (way) => {
      const step = fc.record({
        tab: fc.nat({ max: 2 }),
        what: fc.constantFrom("track", "track", "fail", "flush", "leave and open", "wait"),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
          const locks = createLocks();
          const open = (page: TestPage) => {
            if (way === "locks") locks.put(page);
            // What a beacon carried is sent again, since the page does not know whether it arrived: none goes here.
            page.beaconTakes.value = false;
            return { page, pixel: page.pixel(granted) };
          };
          const first = openPage();
          const tabs = [open(first), open(openTab(first)), open(openTab(first))];
          const every = tabs.map(({ page }) => page);
          const ids: string[] = [];
          for (const { tab, what } of steps) {
            const { page, pixel } = tabs[tab] as (typeof tabs)[0];
            if (what === "track") ids.push(pixel.track("ViewContent"));
            else if (what === "fail") page.answers.push({ status: 503 });
            else if (what === "flush") await pixel.flush();
            else if (what === "wait") await page.pass(1000);
            else {
              page.window.dispatchEvent(new page.window.Event("pagehide"));
              kill(page);
              await settle();
              const next = open(openTab(first));
              every.push(next.page);
              tabs[tab] = next;
            }
          }
          await first.pass(300_000);
          expect(taken(...every).sort()).toEqual([...ids].sort());
          expect(storedEvents(first)).toEqual([]);
        }),
        { numRuns: 25 },
      );
    },
    60_000,
  );
});

describe("where there are Web Locks, a page holds one for as long as it lives", () => {
  const open = (page: TestPage, locks: ReturnType<typeof createLocks>) => {
    locks.put(page);
    return page;
  };

  test("of its own, under consent only, and signs nothing", async () => {
    const locks = createLocks();
    const page = open(openPage(), locks);
    const pixel = page.pixel({ batch: slow.batch });
    await settle();
    expect(locks.held()).toEqual([]);
    pixel.consent({ advertising: true });
    pixel.track("ViewContent");
    await settle();
    expect(locks.held()).toEqual([`beaconry.${storedEvents(page)[0]?.page}`]);
    expect(Object.keys(stored(page)).join()).not.toContain("beaconry.page.");
    page.hide();
    await settle();
    expect(locks.held()).toEqual([]);
  });

  test("another tab leaves it its events, however long it sleeps", async () => {
    const locks = createLocks();
    const page = open(openPage(), locks);
    page.pixel(slow).track("ViewContent");
    await settle();
    const timers = [...page.machine.timers];
    page.machine.timers.clear();
    const tab = open(openTab(page), locks);
    const pixel = tab.pixel(granted);
    await tab.pass(3_600_000);
    await pixel.flush();
    expect(tab.requests).toEqual([]);
    for (const timer of timers) page.machine.timers.add(timer);
    await page.pass(0);
    expect(received(page)).toHaveLength(1);
  });

  test("and takes them over as soon as it has ended, without a word or with one", async () => {
    for (const hasWord of [true, false]) {
      const locks = createLocks();
      const page = open(openPage(), locks);
      page.beaconTakes.value = false;
      const id = page.pixel(slow).track("ViewContent");
      await settle();
      const tab = open(openTab(page), locks);
      if (hasWord) page.window.dispatchEvent(new page.window.Event("pagehide"));
      else for (const name of locks.held()) locks.free(name);
      kill(page);
      await settle();
      tab.pixel(granted);
      await tab.pass(1000);
      expect(idsAt(tab)).toEqual([id]);
      expect(storedEvents(tab)).toEqual([]);
    }
  });

  test("a page that comes back from the back/forward cache holds a new one", async () => {
    const locks = createLocks();
    const page = open(openPage(), locks);
    const pixel = page.pixel(slow);
    await settle();
    const before = locks.held();
    page.hide();
    await settle();
    page.comeBack();
    pixel.track("ViewContent");
    await settle();
    expect(locks.held()).toEqual([`beaconry.${storedEvents(page)[0]?.page}`]);
    expect(locks.held()).not.toEqual(before);
  });

  test("one that agreed twice holds none when it is left", async () => {
    const locks = createLocks();
    const page = open(openPage(), locks);
    const pixel = page.pixel(granted);
    await settle();
    pixel.consent({ advertising: false });
    pixel.consent({ advertising: true });
    await settle();
    page.hide();
    await settle();
    expect(locks.held()).toEqual([]);
  });

  test("locks that fail hold up nothing", async () => {
    const page = openPage();
    const request = () => Promise.reject(new DOMException("no locks here", "SecurityError"));
    Object.defineProperty(page.window.navigator, "locks", { value: { request } });
    page.window.localStorage.setItem("beaconry.queue.other.x", '{"id":"x","time":1760000000000}');
    const id = page.pixel(granted).track("ViewContent");
    await page.pass(1000);
    expect(idsAt(page)).toEqual([id]);
  });
});

describe("events go out all the same", () => {
  test.each(["signs", "locks"])("where the page empties its storage, as some do at a logout: by %s", async (way) => {
    const page = openPage();
    if (way === "locks") createLocks().put(page);
    const pixel = page.pixel(granted);
    const ids = [pixel.track("ViewContent")];
    await page.pass(500);
    page.window.localStorage.clear();
    ids.push(pixel.track("Search"));
    await page.pass(1000);
    expect(idsAt(page)).toEqual(ids);
  });

  test("where storage is denied", async () => {
    const page = openPage();
    Object.defineProperty(page.window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
    const pixel = page.pixel(granted);
    const errors = listen(pixel, "error");
    const ids = [pixel.track("ViewContent"), pixel.track("Search")];
    await page.pass(1000);
    expect(idsAt(page)).toEqual(ids);
    expect(errors).toEqual([]);
  });

  test("where there is none", async () => {
    const page = openPage();
    Object.defineProperty(page.window, "localStorage", { value: null });
    const id = page.pixel(granted).track("ViewContent");
    page.hide();
    expect(parse((await page.beacons[0]?.text()) ?? "").events.map((event) => event.id)).toEqual([id]);
  });

  test("where it is full", async () => {
    const page = openPage();
    fillStorage(page);
    const pixel = page.pixel(granted);
    const errors = listen(pixel, "error");
    const ids = [pixel.track("ViewContent"), pixel.track("Search")];
    await page.pass(1000);
    expect(idsAt(page)).toEqual(ids);
    expect(errors).toEqual([]);
  });

  test("where it became full between two pages: what the one before left is sent by the next", async () => {
    const { page, ids } = openLeft(2);
    const next = openPage("https://shop.example/next", page);
    fillStorage(next, "beaconry.queue.");
    next.pixel(granted);
    await next.pass(1000);
    expect(idsAt(next)).toEqual(ids);
    expect(storedEvents(next)).toEqual([]);
  });
});
