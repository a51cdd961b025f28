import type { Consent } from "@beaconry/core";
import { describe, expect, test } from "vitest";
import {
  cookiesOf,
  fillStorage,
  listen,
  openPage,
  openTab,
  received,
  settle,
  stored,
  storedEvents,
  tags,
} from "./page.js";

const landing = "https://shop.example/?fbclid=AbCdEf&ttclid=E.C.P.xyz";

describe("before the person has answered", () => {
  test("nothing is sent, stored, or loaded", async () => {
    const page = openPage(landing);
    const pixel = page.pixel({ tags, pageViews: "automatic" });
    pixel.track("AddToCart", { currency: "EUR", value: 1 });
    pixel.identify({ email: "ada@example.com" });
    pixel.consent({ limitedDataUse: true });
    page.hide();
    await page.pass(60_000);
    expect(page.requests).toEqual([]);
    expect(page.beacons).toEqual([]);
    expect(page.window.document.cookie).toBe("");
    expect(stored(page)).toEqual({});
    expect(page.scripts()).toEqual([]);
    expect(page.window.fbq).toBeUndefined();
    expect(page.window.ttq).toBeUndefined();
    expect(await pixel.flush()).toMatchObject({ sent: 0, pending: 2, dropped: 0 });
  });

  test("events are held, 100 at most, the oldest dropped and counted", async () => {
    const page = openPage();
    const pixel = page.pixel();
    const held = listen(pixel, "held");
    const dropped = listen(pixel, "dropped");
    const ids = Array.from({ length: 102 }, () => pixel.track("ViewContent"));
    expect(held).toHaveLength(102);
    expect(dropped).toEqual([
      { ids: [ids[0]], reason: "held_overflow" },
      { ids: [ids[1]], reason: "held_overflow" },
    ]);
    pixel.consent({ advertising: true });
    const result = await pixel.flush();
    expect(received(page).map(({ id }) => id)).toEqual(ids.slice(2));
    expect(result).toMatchObject({ sent: 100, pending: 0, dropped: 2, reasons: { held_overflow: 2 } });
  });
});

describe("when the person agrees", () => {
  test("held events go out in order, with the page and time they had", async () => {
    const page = openPage("https://shop.example/a");
    const pixel = page.pixel({ pageViews: "automatic" });
    await page.pass(5000);
    page.window.history.pushState({}, "", "/b");
    pixel.track("AddToWishlist");
    await page.pass(5000);
    pixel.consent({ advertising: true });
    await page.pass(1000);
    const [first, second, third] = received(page);
    expect([first?.name, second?.name, third?.name]).toEqual(["PageView", "PageView", "AddToWishlist"]);
    expect([first?.time, second?.time]).toEqual([1_760_000_000_000, 1_760_000_005_000]);
    expect([first?.context.page?.url, second?.context.page?.url]).toEqual([
      "https://shop.example/a",
      "https://shop.example/b",
    ]);
    expect(first?.consent).toEqual({ advertising: true });
  });

  test("the choice survives restarts and wins over the option", async () => {
    const page = openPage();
    page.pixel().consent({ advertising: true, applicationTracking: true });
    expect(stored(page)["beaconry.consent"]).toEqual({ advertising: true, applicationTracking: true });
    const later = openPage("https://shop.example/next", page);
    const pixel = later.pixel({ consent: { advertising: false, limitedDataUse: true } });
    pixel.track("ViewContent");
    await later.pass(1000);
    expect(received(later)[0]?.consent).toEqual({ advertising: true, applicationTracking: true, limitedDataUse: true });
  });

  test("the initial option is obeyed, but not stored: the person did not choose it", async () => {
    const page = openPage();
    page.pixel({ consent: { advertising: true } }).track("ViewContent");
    await page.pass(1000);
    expect(received(page)).toHaveLength(1);
    expect(stored(page)).not.toHaveProperty(["beaconry.consent"]);
  });

  test("nor is a default that is told later, which a choice wins over in either order", async () => {
    const page = openPage();
    const pixel = page.pixel();
    pixel.consent({ advertising: true }, { asDefault: true });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)).toHaveLength(1);
    expect(stored(page)).not.toHaveProperty(["beaconry.consent"]);
    pixel.consent({ advertising: false });
    pixel.consent({ advertising: true }, { asDefault: true });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)).toHaveLength(1);
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
  });

  test("a stored choice that is no consent is not believed", async () => {
    const page = openPage();
    page.window.localStorage.setItem("beaconry.consent", '{"advertising":"yes","x":1}');
    page.pixel().track("ViewContent");
    page.window.localStorage.setItem("beaconry.consent", "not json");
    page.pixel().track("ViewContent");
    await page.pass(1000);
    expect(page.requests).toEqual([]);
  });
});

describe("when the person refuses", () => {
  test("held events are dropped, and all that was kept is erased", async () => {
    const page = openPage("https://www.shop.example/");
    page.window.document.cookie = "_ttp=abc; Path=/; Domain=shop.example";
    page.window.document.cookie = "_fbp=fb.1.1700000000000.42; Path=/; Domain=shop.example";
    page.window.document.cookie = "_fbc=fb.1.1755000000000.Abc; Path=/";
    page.window.document.cookie = "ttcsid_CABC=1::2; Path=/";
    page.window.document.cookie = "_tt_enable_cookie=1; Path=/";
    page.window.document.cookie = "ttclid=E.C.P; Path=/";
    page.window.document.cookie = "session=mine; Path=/";
    page.window.localStorage.setItem("beaconry.keys", "{}");
    page.window.localStorage.setItem("cart", "1");
    const pixel = page.pixel();
    const dropped = listen(pixel, "dropped");
    const ids = [pixel.track("ViewContent"), pixel.track("AddToCart")];
    pixel.consent({ advertising: false });
    const late = pixel.track("Search");
    await page.pass(10_000);
    expect(page.requests).toEqual([]);
    expect(dropped).toEqual([
      { ids, reason: "consent" },
      { ids: [late], reason: "consent" },
    ]);
    expect(cookiesOf(page)).toEqual({ session: "mine" });
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false }, cart: 1 });
    expect(await pixel.flush()).toMatchObject({ sent: 0, pending: 0, dropped: 3, reasons: { consent: 3 } });
  });

  test("the refusal survives restarts, more than once", () => {
    const page = openPage();
    page.pixel().consent({ advertising: false });
    const second = openPage("https://shop.example/2", page);
    second.pixel({ consent: { advertising: true } });
    const third = openPage("https://shop.example/3", second);
    third.pixel({ consent: { advertising: true } });
    expect(stored(third)).toEqual({ "beaconry.consent": { advertising: false } });
    expect(third.window.document.cookie).toBe("");
  });

  test("after having agreed: queue, cookies, keys and tags go", async () => {
    const page = openPage(landing);
    const pixel = page.pixel({ tags });
    pixel.consent({ advertising: true });
    pixel.identify({ email: "ada@example.com" });
    pixel.track("ViewContent");
    expect(Object.keys(cookiesOf(page)).sort()).toEqual(["_fbc", "_fbp", "ttclid"]);
    pixel.consent({ advertising: false });
    await page.pass(60_000);
    expect(page.requests).toEqual([]);
    expect(page.window.document.cookie).toBe("");
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
    const { fbq, ttq } = page.window as unknown as { fbq: { queue: unknown[][] }; ttq: unknown[][] };
    expect(fbq.queue[0]).toEqual(["consent", "revoke"]);
    expect(ttq[0]).toEqual(["revokeConsent"]);
    const calls = fbq.queue.length;
    pixel.track("Search");
    expect(fbq.queue).toHaveLength(calls);
  });

  test("an event on its way that comes back is dropped, not tried again", async () => {
    const page = openPage();
    let answer: (response: Response) => void = () => {};
    const real = page.environment.fetch;
    page.environment.fetch = async (url, init) => {
      await real(url, init);
      return new Promise((resolve) => {
        answer = resolve;
      });
    };
    const pixel = page.pixel({ consent: { advertising: true } });
    pixel.track("ViewContent");
    const flushed = pixel.flush();
    await settle();
    expect(page.requests).toHaveLength(1);
    pixel.consent({ advertising: false });
    answer(new Response(null, { status: 503 }));
    await flushed;
    await page.pass(60_000);
    expect(page.requests).toHaveLength(1);
    expect(await pixel.flush()).toMatchObject({ sent: 0, pending: 0, reasons: { consent: 1 } });
  });

  test("a request that fails afterwards leaves no timer", async () => {
    const page = openPage();
    let answer: (response: Response) => void = () => {};
    page.environment.fetch = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const pixel = page.pixel({ consent: { advertising: true } });
    pixel.track("ViewContent");
    await page.pass(1000);
    pixel.consent({ advertising: false });
    answer(new Response(null, { status: 503 }));
    await page.pass(60_000);
    expect(page.nextTimer()).toBeUndefined();
  });

  test("and agrees again: tags are let go on, events go out", async () => {
    const page = openPage();
    const pixel = page.pixel({ tags, consent: { advertising: true } });
    pixel.consent({ advertising: false });
    pixel.consent({ advertising: true });
    pixel.track("Search");
    await page.pass(1000);
    const { fbq, ttq } = page.window as unknown as { fbq: { queue: unknown[][] }; ttq: unknown[][] };
    expect(fbq.queue.at(-2)).toEqual(["consent", "grant"]);
    expect(ttq.at(-2)).toEqual(["grantConsent"]);
    expect(received(page)[0]?.tags).toEqual(["meta", "tiktok"]);
    expect(page.scripts()).toHaveLength(2);
  });
});

describe("the event consent", () => {
  test("tells what is allowed now, when it changes", () => {
    const page = openPage();
    const pixel = page.pixel();
    const heard = listen(pixel, "consent");
    const choices: Consent[] = [
      { limitedDataUse: true },
      { advertising: true },
      { advertising: true, applicationTracking: false },
      { advertising: false },
      { advertising: false },
      { advertising: true },
    ];
    for (const choice of choices) pixel.consent(choice);
    expect(heard).toEqual([{ send: "allow" }, { send: "drop" }, { send: "allow" }]);
  });

  test("is hold where a stored choice is taken away", async () => {
    const page = openPage();
    const pixel = page.pixel();
    const tab = openTab(page);
    tab.pixel().consent({ advertising: true });
    await settle();
    const heard = listen(pixel, "consent");
    tab.window.localStorage.removeItem("beaconry.consent");
    await settle();
    expect(heard).toEqual([{ send: "hold" }]);
    pixel.track("ViewContent");
    await page.pass(10_000);
    expect(page.requests).toEqual([]);
  });
});

test("what waits to be sent waits for an answer too, where a stored choice is taken away", async () => {
  const page = openPage();
  const pixel = page.pixel();
  pixel.consent({ advertising: true });
  const id = pixel.track("ViewContent");
  openTab(page).window.localStorage.removeItem("beaconry.consent");
  await page.pass(60_000);
  page.hideTab();
  expect(await pixel.flush()).toMatchObject({ pending: 1 });
  page.hide();
  page.comeBack();
  await page.pass(60_000);
  expect(page.requests).toEqual([]);
  expect(page.beacons).toEqual([]);
  pixel.consent({ advertising: true });
  await page.pass(1000);
  expect(received(page).map((event) => [event.id, event.consent])).toEqual([[id, { advertising: true }]]);
});

describe("an answer given in another tab", () => {
  test("lets go what waits here, at once", async () => {
    const page = openPage();
    const pixel = page.pixel();
    const id = pixel.track("ViewContent");
    const heard = listen(pixel, "consent");
    openTab(page).pixel().consent({ advertising: true });
    await page.pass(1000);
    expect(heard).toEqual([{ send: "allow" }]);
    expect(received(page).map((event) => event.id)).toEqual([id]);
  });

  test("stops everything here, when it is a refusal", async () => {
    const page = openPage(landing);
    const pixel = page.pixel({ tags });
    pixel.consent({ advertising: true });
    pixel.identify({ email: "ada@example.com" });
    pixel.track("ViewContent");
    openTab(page).pixel().consent({ advertising: false });
    await settle();
    expect(cookiesOf(page)).toEqual({});
    expect((page.window.ttq as unknown as unknown[][])[0]).toEqual(["revokeConsent"]);
    pixel.track("ViewContent");
    await page.pass(60_000);
    expect(page.requests).toEqual([]);
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
    expect(await pixel.flush()).toMatchObject({ pending: 0, dropped: 2, reasons: { consent: 2 } });
  });

  test("other changes of storage are no answer", async () => {
    const page = openPage();
    const pixel = page.pixel();
    pixel.track("ViewContent");
    openTab(page).window.localStorage.setItem("other.consent", '{"advertising":true}');
    await page.pass(10_000);
    expect(page.requests).toEqual([]);
  });

  test("is not written again: the person may have changed their mind there, of which this tab has not heard yet", async () => {
    const page = openPage();
    const tab = openTab(page);
    page.pixel();
    const { localStorage } = page.window;
    const written: string[] = [];
    const setItem = (name: string, value: string) => {
      written.push(name);
      localStorage.setItem(name, value);
    };
    Object.defineProperty(page.window, "localStorage", {
      value: new Proxy(localStorage, {
        get: (target, name) => (name === "setItem" ? setItem : Reflect.get(target, name)),
      }),
    });
    tab.pixel().consent({ advertising: true });
    await settle();
    page.hide();
    page.comeBack();
    expect(written).not.toContain("beaconry.consent");
  });

  test("two tabs that hear of a refusal do not go on telling each other", async () => {
    const page = openPage();
    page.pixel().consent({ advertising: true });
    const tab = openTab(page);
    tab.pixel().consent({ advertising: false });
    for (let turn = 0; turn < 10; turn++) await settle();
    expect(page.machine.told.filter((name) => name === "beaconry.consent").length).toBeLessThan(8);
  });
});

test("a refusal holds where storage is denied, also when the page comes back from the back/forward cache", async () => {
  const page = openPage(landing);
  Object.defineProperty(page.window, "localStorage", {
    get() {
      throw new Error("denied");
    },
  });
  const pixel = page.pixel({ tags, consent: { advertising: true } });
  pixel.consent({ advertising: false });
  await page.pass(1000);
  page.hide();
  page.comeBack();
  pixel.track("ViewContent");
  expect(await pixel.flush()).toMatchObject({ pending: 0, reasons: { consent: 1 } });
  expect(page.requests).toEqual([]);
  expect(cookiesOf(page)).toEqual({});
});

test("a refusal given on another page while this one was in the back/forward cache counts when it comes back", async () => {
  const page = openPage(landing);
  const pixel = page.pixel({ tags });
  pixel.consent({ advertising: true });
  await page.pass(1000);
  page.hide();
  // A page in the cache is told of no change of storage.
  page.window.localStorage.setItem("beaconry.consent", '{"advertising":false}');
  page.comeBack();
  pixel.track("ViewContent");
  await page.pass(10_000);
  expect(page.requests).toEqual([]);
  expect(cookiesOf(page)).toEqual({});
});

test("a refusal for which there is no room any more takes the earlier choice away at least", async () => {
  const page = openPage();
  page.window.localStorage.setItem("beaconry.consent", '{"advertising":true}');
  fillStorage(page);
  const pixel = page.pixel();
  pixel.consent({ advertising: false });
  page.hide();
  page.comeBack();
  pixel.track("ViewContent");
  const next = openPage("https://shop.example/next", page);
  next.pixel().track("ViewContent");
  await page.pass(1000);
  await next.pass(1000);
  expect(page.requests).toEqual([]);
  expect(next.requests).toEqual([]);
});

describe("two pixels on one page", () => {
  test("a refusal that one is told counts for the other, at once", async () => {
    const page = openPage(landing);
    const [one, other] = [page.pixel(), page.pixel()];
    one.consent({ advertising: true });
    other.identify({ email: "ada@example.com" });
    other.track("ViewContent");
    one.consent({ advertising: false });
    other.track("Search");
    await page.pass(60_000);
    expect(page.requests).toEqual([]);
    expect(cookiesOf(page)).toEqual({});
    expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
    expect(await other.flush()).toMatchObject({ pending: 0, reasons: { consent: 2 } });
  });

  test("that tell each other what they are told come to an end", () => {
    const page = openPage();
    const [one, other] = [page.pixel(), page.pixel()];
    const heard = [listen(one, "consent"), listen(other, "consent")];
    one.on("consent", ({ send }) => other.consent({ advertising: send === "allow" }));
    other.on("consent", ({ send }) => one.consent({ advertising: send === "allow" }));
    one.consent({ advertising: true });
    expect(heard).toEqual([[{ send: "allow" }], [{ send: "allow" }]]);
  });
});

test("events that earlier pages left wait for the answer like others, and go with a refusal", async () => {
  const leave = () => {
    const page = openPage();
    page.answers.push("offline");
    page.pixel({ consent: { advertising: true } }).track("ViewContent");
    page.hide();
    expect(storedEvents(page)).toHaveLength(1);
    return page;
  };
  const next = openPage("https://shop.example/next", leave());
  const pixel = next.pixel();
  await next.pass(60_000);
  expect(next.requests).toEqual([]);
  expect(storedEvents(next)).toHaveLength(1);
  pixel.consent({ advertising: false });
  expect(storedEvents(next)).toEqual([]);
});

test("a wrong member of a choice is reported and does not spoil the rest", () => {
  const page = openPage();
  const pixel = page.pixel();
  const issues = listen(pixel, "issue");
  pixel.consent({ advertising: false, applicationTracking: "no", other: 1 } as never);
  pixel.consent("yes" as never);
  expect(issues.map(({ issue }) => issue.path)).toEqual(["consent.applicationTracking", "consent.other", "consent"]);
  expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
});

test.each([
  ["an object without a prototype", Object.assign(Object.create(null), { advertising: false })],
  ["a value that is no text", { advertising: false, other: Symbol("x") }],
  ["another that is none", { advertising: false, applicationTracking: Object.create(null) }],
])("a refusal counts, whatever comes with it: %s", (_, choice) => {
  const page = openPage();
  const pixel = page.pixel();
  pixel.consent(choice);
  expect(stored(page)).toEqual({ "beaconry.consent": { advertising: false } });
});

test("undefined says nothing: what was chosen stays", async () => {
  const page = openPage();
  const pixel = page.pixel();
  pixel.consent({ advertising: true });
  pixel.consent({ advertising: undefined, limitedDataUse: { country: 1, state: 1000 } });
  pixel.track("ViewContent");
  await page.pass(1000);
  expect(received(page)[0]?.consent).toEqual({ advertising: true, limitedDataUse: { country: 1, state: 1000 } });
});

describe("Global Privacy Control", () => {
  const openWithSignal = () => {
    const page = openPage();
    Object.defineProperty(page.window.navigator, "globalPrivacyControl", { value: true });
    return page;
  };

  test("counts as limited data use", async () => {
    const page = openWithSignal();
    page.pixel({ consent: { advertising: true } }).track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.consent).toEqual({ advertising: true, limitedDataUse: true });
  });

  test("also where the person chose, and then it is not stored as their choice", async () => {
    const page = openWithSignal();
    const pixel = page.pixel();
    pixel.consent({ advertising: true });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.consent).toEqual({ advertising: true, limitedDataUse: true });
    expect(stored(page)["beaconry.consent"]).toEqual({ advertising: true });
  });

  test("unless told otherwise", async () => {
    const page = openWithSignal();
    page.pixel({ consent: { advertising: true, limitedDataUse: false } }).track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.consent).toEqual({ advertising: true, limitedDataUse: false });
  });
});

test("works without storage", async () => {
  const page = openPage();
  Object.defineProperty(page.window, "localStorage", {
    get() {
      throw new DOMException("denied", "SecurityError");
    },
  });
  const pixel = page.pixel();
  pixel.consent({ advertising: true });
  pixel.identify({ email: "ada@example.com" });
  pixel.track("ViewContent");
  await page.pass(1000);
  expect(received(page)).toHaveLength(1);
});
