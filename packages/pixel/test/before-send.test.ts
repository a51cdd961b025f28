import { randomUUID } from "node:crypto";
import type { EventName } from "@beaconry/core";
import { describe, expect, test } from "vitest";
import { type BeforeSend, type PixelEvent, sample } from "../src/before-send.js";
import { listen, openPage, received, stored, storedEvents, type TestPage, tags } from "./page.js";

const granted = { consent: { advertising: true } };
const tagCalls = ({ window }: TestPage) =>
  JSON.stringify([(window.fbq as { queue: unknown[] }).queue, [...(window.ttq as unknown[])]]);

describe("beforeSend", () => {
  test("sees the event without the person's keys, and may change it, for tags and collector", async () => {
    const page = openPage("https://shop.example/cart?coupon=SECRET");
    const seen: PixelEvent[] = [];
    const pixel = page.pixel({
      ...granted,
      tags,
      beforeSend(event) {
        seen.push(event);
        return { ...event, properties: { ...event.properties, value: 7 } };
      },
    });
    pixel.identify({ email: "ada@example.com" });
    const id = pixel.track("AddToCart", { value: 21.97, currency: "EUR" });
    await page.pass(1000);
    expect(seen).toEqual([
      {
        id,
        name: "AddToCart",
        time: 1_760_000_000_000,
        properties: { value: 21.97, currency: "EUR" },
        context: { source: "web", page: { url: "https://shop.example/cart?coupon=SECRET" }, locale: "en-US" },
      },
    ]);
    expect(received(page)[0]).toMatchObject({
      id,
      properties: { value: 7, currency: "EUR" },
      tags: ["meta", "tiktok"],
    });
    expect(received(page)[0]?.matchKeys?.meta?.em).toHaveLength(64);
    expect(tagCalls(page).match(/"value":7,/g)).toHaveLength(2);
    expect(tagCalls(page)).not.toContain("21.97");
  });

  test("the id stays, whatever it gives", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags, beforeSend: (event) => ({ ...event, id: "another" }) });
    const id = pixel.track("ViewContent");
    expect(storedEvents(page).map((one) => one.id)).toEqual([id]);
    await page.pass(1000);
    expect(received(page).map((event) => event.id)).toEqual([id]);
    expect(tagCalls(page)).not.toContain("another");
    expect(await pixel.flush()).toMatchObject({ sent: 1 });
  });

  test("also where it writes into the event", async () => {
    const page = openPage();
    const pixel = page.pixel({
      ...granted,
      tags,
      beforeSend: (event) => Object.assign(event, { id: "other" }, event.name === "Search" && { name: "Contact" }),
    });
    const sent = listen(pixel, "sent");
    const id = pixel.track("Search");
    await page.pass(1000);
    expect(received(page).map((event) => [event.id, event.name])).toEqual([[id, "Contact"]]);
    expect(sent).toEqual([{ ids: [id] }]);
  });

  test("name and context may change as well", async () => {
    const page = openPage("https://shop.example/cart?coupon=SECRET");
    const pixel = page.pixel({
      ...granted,
      beforeSend: (event) => ({
        ...event,
        name: "Search",
        context: { ...event.context, page: { url: "https://shop.example/cart" } },
      }),
    });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]).toMatchObject({
      name: "Search",
      context: { page: { url: "https://shop.example/cart" } },
    });
    expect(JSON.stringify([page.requests, stored(page)])).not.toContain("SECRET");
  });

  test.each([null, undefined, false] as const)(
    "%s drops: neither tags nor collector nor storage get it",
    async (nothing) => {
      const page = openPage();
      const pixel = page.pixel({ ...granted, tags, beforeSend: () => nothing });
      const before = tagCalls(page);
      const dropped = listen(pixel, "dropped");
      const errors = listen(pixel, "error");
      const id = pixel.track("ViewContent");
      expect(dropped).toEqual([{ ids: [id], reason: "before_send" }]);
      expect(tagCalls(page)).toBe(before);
      expect(storedEvents(page)).toEqual([]);
      await page.pass(1000);
      expect(page.requests).toEqual([]);
      expect(errors).toEqual([]);
    },
  );

  test("one that throws drops the event, is told as an error, and spoils no other", async () => {
    const page = openPage();
    const mine = new Error("mine");
    const pixel = page.pixel({
      ...granted,
      tags,
      beforeSend(event) {
        if (event.name === "Search") throw mine;
        return event;
      },
    });
    const errors = listen(pixel, "error");
    const dropped = listen(pixel, "dropped");
    const id = pixel.track("Search");
    const good = pixel.track("ViewContent");
    await page.pass(1000);
    expect(errors).toEqual([{ message: expect.any(String), error: mine }]);
    expect(dropped).toEqual([{ ids: [id], reason: "before_send" }]);
    expect(received(page).map((event) => event.id)).toEqual([good]);
    expect(tagCalls(page)).not.toContain("Search");
  });

  test("is asked once for each event, page views too, and not again when a request is repeated", async () => {
    const page = openPage();
    const names: string[] = [];
    const pixel = page.pixel({
      ...granted,
      pageViews: "automatic",
      beforeSend(event) {
        names.push(event.name);
        return event;
      },
    });
    page.answers.push({ status: 503 });
    pixel.track("Search");
    await page.pass(60_000);
    expect(page.requests).toHaveLength(2);
    expect(names).toEqual(["PageView", "Search"]);
  });

  test("is not asked for what waits for the person's answer, until they agree", async () => {
    const page = openPage();
    const seen: string[] = [];
    const pixel = page.pixel({
      beforeSend(event) {
        seen.push(event.id);
        return event;
      },
    });
    const ids = [pixel.track("ViewContent"), pixel.track("Search")];
    await page.pass(10_000);
    expect(seen).toEqual([]);
    pixel.consent({ advertising: true });
    expect(seen).toEqual(ids);
  });

  test("is not asked at all for what the person refused", () => {
    const page = openPage();
    let asked = 0;
    const pixel = page.pixel({
      beforeSend(event) {
        asked++;
        return event;
      },
    });
    pixel.track("ViewContent");
    pixel.consent({ advertising: false });
    pixel.track("Search");
    expect(asked).toBe(0);
  });

  test("is not asked again for what an earlier page kept", async () => {
    const page = openPage();
    page.beaconTakes.value = false;
    const id = page.pixel({ ...granted, batch: { maxDelay: 60_000 } }).track("ViewContent");
    page.hide();
    const next = openPage("https://shop.example/next", page);
    next.pixel({ ...granted, beforeSend: () => null });
    await next.pass(1000);
    expect(received(next).map((event) => event.id)).toEqual([id]);
  });

  test("what the page changes in it afterwards changes nothing", async () => {
    const page = openPage();
    const kept: { properties: Record<string, unknown> }[] = [];
    const pixel = page.pixel({
      ...granted,
      beforeSend(event) {
        kept.push(event as never);
        return event;
      },
    });
    const first = pixel.track("ViewContent", { value: 1, currency: "EUR" });
    pixel.track("ViewContent", { value: 2, currency: "EUR" });
    for (const { properties } of kept) properties.self = properties;
    expect(await pixel.flush()).toMatchObject({ sent: 2 });
    expect(received(page)[0]).toMatchObject({ id: first, properties: { value: 1, currency: "EUR" } });
    expect(received(page)[0]?.properties).not.toHaveProperty("self");
  });

  test.each<[string, BeforeSend]>([
    ["true", () => true as never],
    ["a text", () => "yes" as never],
    ["a promise", (async (event: PixelEvent) => event) as never],
    ["half an event", ({ id, name }) => ({ id, name }) as never],
    ["what JSON can not hold", (event) => ({ ...event, properties: { big: 1n } }) as never],
  ])("one that gives %s breaks nothing, and the counts add up", async (_, beforeSend) => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, tags, beforeSend });
    pixel.track("ViewContent");
    await page.pass(1000);
    const { sent, pending, dropped } = await pixel.flush();
    expect(sent + pending + dropped).toBe(1);
  });
});

describe("sample", () => {
  const event = (id: string, name: EventName = "ViewContent"): PixelEvent => ({
    id,
    name,
    time: 0,
    properties: {},
    context: { source: "web" },
  });
  const ids: string[] = Array.from({ length: 10_000 }, () => randomUUID());
  const passing = (rate: number, of = ids) => of.filter((id) => sample(rate)(event(id))).length;

  test("0 lets none through, 1 all", () => {
    expect(passing(0)).toBe(0);
    expect(passing(1)).toBe(10_000);
  });

  // Five standard deviations of a fair draw of 10,000: one false alarm in a million.
  test.each([0.01, 0.1, 0.5, 0.9])("%d: about so many, of random ids and of numbered ones", (rate) => {
    const most = 5 * Math.sqrt(10_000 * rate * (1 - rate));
    const numbered = (before: string) => Array.from({ length: 10_000 }, (_, index) => `${before}${index}`);
    for (const of of [ids, numbered(""), numbered("order-"), numbered("2026-11-")])
      expect(Math.abs(passing(rate, of) - 10_000 * rate)).toBeLessThan(most);
  });

  test("the id decides, alone and always: what a small rate lets through, a larger one does", () => {
    for (const id of ids.slice(0, 500)) {
      const low = sample(0.3)(event(id));
      expect(Boolean(low)).toBe(Boolean(sample(0.3)(event(id, "Search"))));
      if (low) expect(sample(0.6)(event(id))).toBeTruthy();
    }
  });

  test("the event goes as it is", () => {
    const given = event("1");
    expect(sample(1)(given)).toBe(given);
  });

  test("names that are not listed always pass", () => {
    const onlyViews = sample(0, ["PageView", "ViewContent"]);
    expect(onlyViews(event("1", "PageView"))).toBeFalsy();
    expect(onlyViews(event("1", "ViewContent"))).toBeFalsy();
    expect(onlyViews(event("1", "Purchase"))).toBeTruthy();
    expect(sample(0, [])(event("1"))).toBeTruthy();
  });

  test("in a pixel: what is not in the sample is counted as dropped", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, beforeSend: sample(0, ["ViewContent"]) });
    pixel.track("ViewContent");
    const id = pixel.track("Purchase", { currency: "EUR", value: 1 });
    expect(await pixel.flush()).toEqual({ sent: 1, pending: 0, dropped: 1, reasons: { before_send: 1 } });
    expect(received(page).map((one) => one.id)).toEqual([id]);
  });
});
