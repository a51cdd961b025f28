import { describe, expect, test } from "vitest";
import { cookiesOf, listen, openPage, parse, received, settle, stored, storedEvents, tags } from "./page.js";

const granted = { consent: { advertising: true } };
const automatic = { ...granted, pageViews: "automatic" } as const;
const idsOf = (body: string) => parse(body).events.map(({ id }) => id);
const bytes = (text: string) => new TextEncoder().encode(text).length;

describe("a tab that is no longer looked at", () => {
  test("sends what waits by fetch, at once: it may never be looked at again", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const id = pixel.track("ViewContent");
    page.hideTab();
    await settle();
    expect(received(page).map((event) => event.id)).toEqual([id]);
    expect(page.requests[0]?.init.keepalive).toBe(true);
    expect(page.beacons).toEqual([]);
    expect(await pixel.flush()).toMatchObject({ sent: 1, pending: 0 });
  });

  test("counts the page view that was due", async () => {
    const page = openPage();
    page.pixel(automatic);
    page.hideTab();
    await settle();
    expect(received(page).map(({ name }) => name)).toEqual(["PageView"]);
  });

  test("goes on tracking", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    page.hideTab();
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)).toHaveLength(1);
  });

  test("sends nothing when it is looked at again", async () => {
    const page = openPage();
    page.pixel(granted).track("ViewContent");
    Object.defineProperty(page.window.document, "visibilityState", { value: "visible", configurable: true });
    page.window.document.dispatchEvent(new page.window.Event("visibilitychange"));
    await settle();
    expect(page.requests).toEqual([]);
  });
});

describe("a page that is left", () => {
  test("leaves what waits to the browser as text, in bodies below 60 KiB", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const sent = Array.from({ length: 15 }, () => pixel.track("ViewContent", { description: "漢".repeat(3000) }));
    page.hide();
    expect(page.beacons.length).toBeGreaterThan(1);
    const bodies = await Promise.all(page.beacons.map((beacon) => beacon.text()));
    for (const [index, body] of bodies.entries()) {
      expect(page.beacons[index]?.type.toLowerCase()).toBe("text/plain;charset=utf-8");
      expect(bytes(body)).toBeLessThan(60 * 1024);
    }
    expect(bodies.flatMap(idsOf)).toEqual(sent);
    await page.pass(10_000);
    expect(page.requests).toEqual([]);
    expect(await pixel.flush()).toMatchObject({ sent: 15, pending: 0 });
  });

  test("keeps it stored as well: the browser can not say whether it arrived", () => {
    const page = openPage();
    const id = page.pixel(granted).track("ViewContent");
    page.hide();
    expect(page.beacons).toHaveLength(1);
    expect(storedEvents(page).map((one) => one.id)).toEqual([id]);
  });

  test("counts the page view that was due", async () => {
    const page = openPage();
    page.pixel(automatic);
    page.hide();
    const [body = ""] = await Promise.all(page.beacons.map((beacon) => beacon.text()));
    expect(parse(body).events.map(({ name }) => name)).toEqual(["PageView"]);
  });

  test.each(["visibilitychange", "pagehide"])(
    "leaves to it what is tracked as the page goes as well, by a listener of the page's own: %s",
    async (type) => {
      const page = openPage();
      const pixel = page.pixel(granted);
      const early = pixel.track("ViewContent");
      let late = "";
      const target = type === "pagehide" ? page.window : page.window.document;
      target.addEventListener(type, () => {
        late = pixel.track("Search");
      });
      page.hide();
      expect((await Promise.all(page.beacons.map((body) => body.text()))).map(idsOf)).toEqual([[early], [late]]);
      expect(storedEvents(page)).toHaveLength(2);
    },
  );

  test("what the browser does not take waits on", async () => {
    const page = openPage();
    page.beaconTakes.value = false;
    const pixel = page.pixel(granted);
    const id = pixel.track("ViewContent");
    page.hide();
    expect(await pixel.flush()).toMatchObject({ sent: 1, pending: 0 });
    expect(received(page).map((event) => event.id)).toEqual([id]);
  });

  test("while the collector fails, a copy goes, and the events are kept for the next page", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    page.answers.push({ status: 503 });
    const id = pixel.track("ViewContent");
    await page.pass(1000);
    page.hide();
    expect(idsOf((await page.beacons[0]?.text()) ?? "")).toEqual([id]);
    expect(storedEvents(page).map((one) => one.id)).toEqual([id]);
  });

  test("without consent leaves nothing", () => {
    const page = openPage();
    page.pixel().track("ViewContent");
    page.hide();
    expect(page.beacons).toEqual([]);
    expect(stored(page)).toEqual({});
  });
});

describe("a page that comes back from the back/forward cache", () => {
  test("goes on, as a new page", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    const [before] = storedEvents(page);
    page.hide();
    page.comeBack();
    const id = pixel.track("Search");
    const after = storedEvents(page).find((one) => one.id === id);
    expect(after?.page).not.toBe(before?.page);
    await page.pass(1000);
    expect(received(page).map((event) => event.id)).toContain(id);
    expect(storedEvents(page)).toEqual([]);
    // It signs that it is here, as every page.
    expect(stored(page)).toHaveProperty([`beaconry.page.${after?.page}`]);
    expect(stored(page)).not.toHaveProperty([`beaconry.page.${before?.page}`]);
  });

  test("takes up what it had left, under the same ids, and removes it once the collector has it", async () => {
    const page = openPage();
    page.beaconTakes.value = false;
    const pixel = page.pixel({ ...granted, batch: { maxDelay: 5000 } });
    const id = pixel.track("ViewContent");
    page.window.dispatchEvent(new page.window.Event("pagehide"));
    page.comeBack();
    await page.pass(60_000);
    expect(received(page).map((event) => event.id)).toEqual([id]);
    expect(storedEvents(page)).toEqual([]);
    expect(await pixel.flush()).toEqual({ sent: 1, pending: 0, dropped: 0, reasons: {} });
  });

  test("what the collector answers for after the page was left is not sent again", async () => {
    const page = openPage();
    let answer: (response: Response) => void = () => {};
    const real = page.environment.fetch;
    let calls = 0;
    page.environment.fetch = (url, init) => {
      const response = real(url, init);
      return ++calls === 1
        ? new Promise((resolve) => {
            answer = resolve;
          })
        : response;
    };
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    await page.pass(1000);
    page.hide();
    answer(new Response(null, { status: 202 }));
    await settle();
    page.comeBack();
    await page.pass(60_000);
    expect(page.requests).toHaveLength(1);
    expect(storedEvents(page)).toEqual([]);
  });

  test("counts a page view, when those are automatic", async () => {
    const page = openPage();
    page.pixel(automatic);
    await page.pass(1000);
    page.hide();
    page.comeBack();
    await page.pass(1000);
    expect(received(page).map(({ name }) => name)).toEqual(["PageView", "PageView"]);
    expect(new Set(received(page).map(({ id }) => id)).size).toBe(2);
    const manual = openPage();
    manual.pixel(granted);
    manual.hide();
    manual.comeBack();
    await manual.pass(1000);
    expect(received(manual)).toEqual([]);
  });

  test("a page that is shown for the first time has not come back", async () => {
    const page = openPage();
    page.pixel(automatic);
    await page.pass(1000);
    page.window.dispatchEvent(Object.assign(new page.window.Event("pageshow"), { persisted: false }));
    await page.pass(1000);
    expect(received(page)).toHaveLength(1);
  });

  test("leaves again as it left the first time", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    page.hide();
    page.comeBack();
    const id = pixel.track("ViewContent");
    page.hide();
    expect(page.beacons).toHaveLength(1);
    expect(idsOf((await page.beacons[0]?.text()) ?? "")).toEqual([id]);
    expect(Object.keys(stored(page)).filter((name) => name.startsWith("beaconry.page."))).toEqual([]);
  });
});

describe("a page that is only prepared (prerendered)", () => {
  const openPrepared = (url?: string) => {
    const page = openPage(url);
    const { document } = page.window;
    Object.defineProperty(document, "prerendering", { value: true, configurable: true });
    return {
      page,
      look() {
        Object.defineProperty(document, "prerendering", { value: false, configurable: true });
        document.dispatchEvent(new page.window.Event("prerenderingchange"));
      },
    };
  };

  test("loads, stores and sends nothing, whatever is called", async () => {
    const { page } = openPrepared("https://shop.example/?fbclid=A&ttclid=B");
    const pixel = page.pixel({ ...automatic, tags });
    pixel.track("ViewContent");
    pixel.identify({ email: "ada@example.com" });
    pixel.consent({ advertising: true });
    pixel.reset();
    expect(await pixel.flush()).toMatchObject({ sent: 0, pending: 1, dropped: 0 });
    page.hideTab();
    await page.pass(60_000);
    expect(page.requests).toEqual([]);
    expect(page.beacons).toEqual([]);
    expect(page.scripts()).toEqual([]);
    expect(stored(page)).toEqual({});
    expect(cookiesOf(page)).toEqual({});
  });

  test("a prepared page that is thrown away leaves nothing", () => {
    const { page } = openPrepared();
    page.pixel({ ...automatic, tags }).track("ViewContent");
    page.hide();
    expect(page.beacons).toEqual([]);
    expect(stored(page)).toEqual({});
  });

  test("everything goes its way once it is looked at", async () => {
    const { page, look } = openPrepared("https://shop.example/?fbclid=A&ttclid=B");
    const pixel = page.pixel({ pageViews: "automatic", tags });
    const held = listen(pixel, "held");
    const id = pixel.track("ViewContent");
    pixel.consent({ advertising: true });
    await page.pass(60_000);
    expect(held).toEqual([{ ids: [id] }]);
    look();
    await page.pass(1000);
    expect(received(page).map(({ name }) => name)).toEqual(["ViewContent", "PageView"]);
    expect(page.scripts()).toHaveLength(2);
    expect(stored(page)["beaconry.consent"]).toEqual({ advertising: true });
    expect(Object.keys(cookiesOf(page)).sort()).toEqual(["_fbc", "_fbp", "ttclid"]);
  });

  test("a refusal given there counts once it is looked at", async () => {
    const { page, look } = openPrepared();
    const pixel = page.pixel({ pageViews: "automatic", tags });
    pixel.track("ViewContent");
    pixel.consent({ advertising: false });
    look();
    await page.pass(1000);
    expect(page.requests).toEqual([]);
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
  });

  test("also where an earlier page was allowed", async () => {
    const { page, look } = openPrepared();
    page.window.localStorage.setItem("beaconry.consent", '{"advertising":true}');
    const pixel = page.pixel({ pageViews: "automatic", tags });
    pixel.consent({ advertising: false });
    look();
    await page.pass(1000);
    expect(page.requests).toEqual([]);
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
  });
});
