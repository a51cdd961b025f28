import { isBeaconryError } from "@beaconry/core";
import { describe, expect, test } from "vitest";
import { createPixel } from "../src/create-pixel.js";
import { resolveOptions } from "../src/options.js";
import { endpoint, openPage, received } from "./page.js";

describe("wrong options throw at creation, naming the option, what it got and what it takes", () => {
  const cases: [string, unknown, string][] = [
    ["nothing", undefined, "options is missing, accepted is an object"],
    ["no endpoint", {}, "endpoint is missing, accepted is an http or https address, or a path of this site"],
    [
      "a wrong endpoint",
      { endpoint: 5 },
      "endpoint is a number that does not fit, accepted is an http or https address",
    ],
    ["an empty endpoint", { endpoint: "" }, "endpoint is an empty text"],
    ["another scheme", { endpoint: "javascript:alert(1)" }, "endpoint is a text that does not fit"],
    ["an unknown option", { endpoint, endpont: 1 }, "endpont is unknown, accepted is endpoint, tags, consent"],
    ["a null", { endpoint, batch: null }, "batch is null, accepted is an object"],
    ["a number as id", { endpoint, tags: { meta: { pixelId: 5 } } }, "tags.meta.pixelId is a number that does not fit"],
    [
      "no pixel code",
      { endpoint, tags: { tiktok: {} } },
      "tags.tiktok.pixelCode is missing, accepted is a text of letters",
    ],
    ["an unknown vendor", { endpoint, tags: { snap: {} } }, "tags.snap is unknown, accepted is meta, tiktok"],
    [
      "a wrong script",
      { endpoint, tags: { meta: { pixelId: "1", scriptUrl: "ftp://x" } } },
      "tags.meta.scriptUrl is a text",
    ],
    [
      "a wrong nonce",
      { endpoint, tags: { meta: { pixelId: "1", nonce: true } } },
      "tags.meta.nonce is a boolean, accepted is a text",
    ],
    [
      "a wrong consent",
      { endpoint, consent: { advertising: "yes" } },
      "consent.advertising is a text that does not fit, accepted is true or false",
    ],
    [
      "a wrong region",
      { endpoint, consent: { limitedDataUse: { country: 1 } } },
      "consent.limitedDataUse is an object, accepted is true, false or { country, state }",
    ],
    ["a wrong app", { endpoint, app: {} }, "app.id is missing"],
    ["a device alone", { endpoint, device: { platform: "ios", osVersion: "17" } }, "app is missing"],
    [
      "a wrong platform",
      { endpoint, app: { id: "a" }, device: { platform: "web", osVersion: "1" } },
      "device.platform is a text that does not fit, accepted is android or ios",
    ],
    [
      "a wrong word",
      { endpoint, pageViews: "auto" },
      "pageViews is a text that does not fit, accepted is automatic or manual",
    ],
    [
      "too few events",
      { endpoint, batch: { maxEvents: 0 } },
      "batch.maxEvents is a number that does not fit, accepted is a number from 1 to 1000",
    ],
    ["not a number", { endpoint, batch: { maxDelay: Number.NaN } }, "batch.maxDelay is a number that does not fit"],
    [
      "a wrong domain",
      { endpoint, cookieDomain: "a b" },
      "cookieDomain is a text that does not fit, accepted is a domain",
    ],
    ["a wrong debug", { endpoint, debug: "no" }, "debug is a text that does not fit, accepted is true or false"],
  ];
  test.each(cases)("%s", (_, options, message) => {
    const create = () => createPixel(options as never);
    expect(create).toThrow(message);
    try {
      create();
    } catch (error) {
      expect(isBeaconryError(error) && error.code).toBe("invalid_option");
      expect(String(error)).not.toContain("alert");
    }
  });
});

test("every default is filled in", () => {
  expect(resolveOptions({ endpoint })).toEqual({
    endpoint,
    tags: {},
    consent: {},
    pageViews: "automatic",
    batch: { maxEvents: 20, maxDelay: 1000 },
    debug: false,
  });
  expect(resolveOptions({ endpoint: "/collect", batch: { maxDelay: 0 } }).batch).toEqual({
    maxEvents: 20,
    maxDelay: 0,
  });
});

describe("each option makes a difference", () => {
  const granted = { consent: { advertising: true } };

  test("endpoint", async () => {
    const page = openPage();
    page.pixel({ ...granted, endpoint: "/other" }).track("ViewContent");
    await page.pass(1000);
    expect(page.requests[0]?.url).toBe("/other");
  });

  test("batch.maxEvents and batch.maxDelay", async () => {
    const page = openPage();
    const pixel = page.pixel({ ...granted, batch: { maxEvents: 2, maxDelay: 5000 } });
    pixel.track("ViewContent");
    await page.pass(4999);
    expect(page.requests).toHaveLength(0);
    await page.pass(1);
    expect(received(page)).toHaveLength(1);
    pixel.track("ViewContent");
    pixel.track("ViewContent");
    await page.pass(0);
    expect(received(page)).toHaveLength(3);
  });

  test("cookieDomain", () => {
    const page = openPage("https://www.shop.example/");
    const written: string[] = [];
    const { document } = page.window;
    Object.defineProperty(document, "cookie", {
      get: () => "",
      set: (value: string) => written.push(value),
    });
    page.pixel({ ...granted, cookieDomain: "shop.example" });
    expect(written).toEqual([
      "_fbp=fb.1.1760000000000.1073741823; Max-Age=7776000; Path=/; SameSite=Lax; Domain=shop.example; Secure",
    ]);
  });

  test("pageViews", async () => {
    const page = openPage();
    page.pixel({ ...granted, pageViews: "automatic" });
    await page.pass(1000);
    expect(received(page).map(({ name }) => name)).toEqual(["PageView"]);
  });
});
