import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createPixel } from "../src/create-pixel.js";
import { randomId } from "../src/environment.js";
import type { Pixel } from "../src/pixel.js";
import { endpoint, listen, openPage, received, settle, type TestPage, tags } from "./page.js";

const granted = { consent: { advertising: true } };

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeAll(() => {
  process.on("unhandledRejection", note);
});
afterAll(() => {
  process.off("unhandledRejection", note);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await settle();
  expect(unhandled.splice(0)).toEqual([]);
});

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withObjectString: true,
  withTypedArray: true,
  withBoxedValues: true,
});

const refuse = () => {
  throw new Error("not here");
};

/** What a page may be without. */
const lacks: Record<string, (page: TestPage) => void> = {
  nothing: () => {},
  localStorage: ({ window }) => Object.defineProperty(window, "localStorage", { get: refuse }),
  sendBeacon: ({ environment }) => {
    environment.sendBeacon = refuse;
  },
  fetch: ({ environment }) => {
    environment.fetch = refuse;
  },
  "cookies, which throw": ({ window }) =>
    Object.defineProperty(window.document, "cookie", { get: refuse, set: refuse }),
  history: ({ window }) => Object.defineProperty(window, "history", { value: undefined }),
  "leave to put scripts into it": ({ window }) => {
    window.document.createElement = refuse;
  },
};

/** Calls a method with whatever comes. */
function call(pixel: Pixel, method: keyof Pixel, given: unknown[]): unknown {
  return (pixel[method] as (...given: unknown[]) => unknown)(...given);
}

describe.each(Object.keys(lacks))("a page without %s", (what) => {
  const methods = ["consent", "identify", "reset", "track", "page", "on"] as const;
  const calls = fc.array(fc.tuple(fc.constantFrom(...methods), fc.array(anything, { maxLength: 3 })), { maxLength: 6 });

  test("creation, every method and every event of the page: nothing throws or rejects", async () => {
    await fc.assert(
      fc.asyncProperty(calls, fc.option(fc.boolean(), { nil: undefined }), async (given, advertising) => {
        const page = openPage("https://shop.example/?fbclid=A&ttclid=B");
        lacks[what]?.(page);
        const pixel = page.pixel({ tags, pageViews: "automatic", consent: { advertising } });
        for (const [method, values] of given) {
          // `track` is looked at below, with options of any kind.
          const result = call(pixel, method, method === "track" ? values.slice(0, 2) : values);
          if (method === "track" || method === "page") expect(result).toMatch(/^id-\d+$/);
          if (method === "on") expect(() => (result as () => void)()).not.toThrow();
        }
        page.hideTab();
        page.hide();
        page.comeBack();
        page.window.dispatchEvent(new page.window.Event("online"));
        page.window.dispatchEvent(new page.window.StorageEvent("storage", { key: "beaconry.consent" }));
        await page.pass(2000);
        const flushed = pixel.flush();
        await page.pass(5000);
        expect(await flushed).toMatchObject({ sent: expect.any(Number), pending: expect.any(Number) });
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

describe("track", () => {
  test.each([null, 5, "x", { id: {} }, { id: Object.create(null) }, { id: Symbol("x") }])(
    "options of any kind do not throw: %o",
    async (options) => {
      const page = openPage();
      const pixel = page.pixel(granted);
      expect(pixel.track("ViewContent", {}, options as never)).toMatch(/^id-\d+$/);
      await page.pass(1000);
      expect(received(page)).toHaveLength(1);
    },
  );

  test.each([["an id whose reading throws", Object.defineProperty({}, "id", { get: refuse })]])(
    "options of any kind do not throw: %s",
    (_, options) => {
      const pixel = openPage().pixel(granted);
      expect(() => pixel.track("ViewContent", {}, options as never)).not.toThrow();
    },
  );

  test.each<[string, unknown[]]>([
    ["a name without a text", [Object.create(null)]],
    ["a name whose text throws", [{ toString: refuse }]],
    ["properties that can not be listed", ["ViewContent", new Proxy({}, { ownKeys: refuse })]],
    ["a property that throws", ["ViewContent", Object.defineProperty({}, "x", { get: refuse, enumerable: true })]],
  ])("what is lost is counted: %s", async (_, given) => {
    const page = openPage();
    const pixel = page.pixel(granted);
    const errors = listen(pixel, "error");
    call(pixel, "track", given);
    await page.pass(1000);
    const { sent, pending, dropped } = await pixel.flush();
    expect(sent + pending + dropped).toBe(1);
    expect(errors.length).toBeLessThanOrEqual(1);
  });
});

test("the counts add up, whatever is tracked", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.oneof(fc.constant("ViewContent"), fc.string(), fc.integer()), anything), { maxLength: 10 }),
      async (events) => {
        const page = openPage();
        const pixel = page.pixel(granted);
        for (const event of events) call(pixel, "track", event);
        const { sent, pending, dropped } = await pixel.flush();
        expect(sent + pending + dropped).toBe(events.length);
      },
    ),
    { numRuns: 50 },
  );
});

describe("flush", () => {
  test.each([undefined, {}, { timeout: undefined }, { timeout: 0 }, { timeout: -1 }, { timeout: "x" }, 5, "x"])(
    "never rejects: %o",
    async (options) => {
      const page = openPage();
      const flushed = page.pixel(granted).flush(options as never);
      await page.pass(5000);
      await expect(flushed).resolves.toMatchObject({ sent: 0, pending: 0, dropped: 0 });
    },
  );

  test("never rejects: null", async () => {
    await expect(
      openPage()
        .pixel(granted)
        .flush(null as never),
    ).resolves.toMatchObject({ sent: 0 });
  });
});

describe("cookies that throw, as in a sandboxed frame", () => {
  const openSandboxed = () => {
    const page = openPage("https://shop.example/?fbclid=A");
    lacks["cookies, which throw"]?.(page);
    return page;
  };

  test("events go out all the same", async () => {
    const page = openSandboxed();
    const ids = [page.pixel(granted).track("ViewContent")];
    await page.pass(1000);
    expect(received(page).map(({ id }) => id)).toEqual(ids);
  });

  test("what waited for the answer goes out, or is counted", async () => {
    const page = openSandboxed();
    const pixel = page.pixel();
    pixel.track("ViewContent");
    pixel.consent({ advertising: true });
    await page.pass(1000);
    const { sent, dropped } = await pixel.flush();
    expect(sent + dropped).toBe(1);
  });

  test("a refusal is kept, and erases the rest", () => {
    const page = openSandboxed();
    page.window.localStorage.setItem("beaconry.keys", "{}");
    page.pixel().consent({ advertising: false });
    const { localStorage } = page.window;
    expect(localStorage.getItem("beaconry.consent")).toBe('{"advertising":false}');
    expect(localStorage.getItem("beaconry.keys")).toBeNull();
  });
});

test("a listener that throws or rejects stops nothing", async () => {
  const page = openPage();
  const pixel = page.pixel(granted);
  for (const kind of ["tracked", "issue", "consent", "held", "sent", "dropped", "error"] as const)
    pixel.on(kind, refuse);
  pixel.on("error", null as never);
  page.answers.push({ status: 503 });
  pixel.track("" as "PageView");
  const id = pixel.track("ViewContent");
  pixel.identify({ email: "none" });
  await page.pass(60_000);
  expect(received(page).at(-1)?.id).toBe(id);
  expect(await pixel.flush()).toMatchObject({ sent: 1, pending: 0, dropped: 1 });
});

describe("with the page's own functions", () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

  test.each([
    ["no crypto", undefined],
    ["a crypto without randomUUID, as where a page is no secure context", {}],
  ])("%s: ids are UUIDs all the same, and no two are", (_, crypto) => {
    vi.stubGlobal("crypto", crypto);
    const ids = Array.from({ length: 1000 }, randomId);
    for (const id of ids) expect(id).toMatch(uuid);
    expect(new Set(ids).size).toBe(1000);
    expect(createPixel({ endpoint, pageViews: "manual" }).track("ViewContent")).toMatch(uuid);
  });

  test.each([
    ["fetch", "fetch", undefined],
    ["a fetch that throws", "fetch", refuse],
    ["a fetch that gives nothing", "fetch", () => {}],
  ])("no %s: nothing throws or rejects", async (_, name, value) => {
    vi.stubGlobal(name, value);
    const pixel = createPixel({ endpoint, pageViews: "manual", ...granted });
    const errors = listen(pixel, "error");
    pixel.track("ViewContent");
    expect(await pixel.flush({ timeout: 500 })).toMatchObject({ sent: 0, pending: 1 });
    expect(errors).toHaveLength(1);
    localStorage.clear();
  });

  test("a flush without a timeout waits for the collector, however long the browser's timers can wait", async () => {
    const answer = Promise.withResolvers<Response>();
    vi.stubGlobal("fetch", () => answer.promise);
    const pixel = createPixel({ endpoint, pageViews: "manual", ...granted });
    pixel.track("ViewContent");
    const flushed = pixel.flush({ timeout: Number.POSITIVE_INFINITY });
    // A timer that is given more than it can wait fires within a millisecond.
    await new Promise((resolve) => setTimeout(resolve, 20));
    answer.resolve(new Response(null, { status: 202 }));
    expect(await flushed).toMatchObject({ sent: 1, pending: 0 });
    localStorage.clear();
  });

  test("no sendBeacon: what waits stays stored", async () => {
    vi.stubGlobal("fetch", () => new Promise(() => {}));
    vi.stubGlobal("navigator", Object.create(navigator, { sendBeacon: { value: undefined } }));
    const pixel = createPixel({ endpoint, pageViews: "manual", ...granted });
    const id = pixel.track("ViewContent");
    window.dispatchEvent(new Event("pagehide"));
    expect(Object.keys(localStorage).filter((name) => name.includes(`.${id}.`))).toHaveLength(1);
    localStorage.clear();
  });
});
