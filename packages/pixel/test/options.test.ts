import { isBeaconryError } from "@beaconry/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createPixel } from "../src/create-pixel.js";
import { checkOptions } from "../src/options.js";
import { endpoint, openPage, received } from "./page.js";

const meta = (given: object) => ({ endpoint, tags: { meta: { pixelId: "1", ...given } } });
const tiktok = (given: object) => ({ endpoint, tags: { tiktok: { pixelCode: "C1", ...given } } });
const address = "an http(s) address or a path of this site";

describe("wrong options throw at creation, naming the option, what came and what is accepted", () => {
  const cases: [string, unknown, string][] = [
    ["nothing", undefined, "options is missing, accepted is an object"],
    ["null", null, "options is of type null and does not fit, accepted is an object"],
    ["a text", "https://shop.example/", "options is of type string and does not fit, accepted is an object"],
    ["no endpoint", {}, `endpoint is missing, accepted is ${address}`],
    ["a wrong endpoint", { endpoint: 5 }, `endpoint is of type number and does not fit, accepted is ${address}`],
    ["an empty endpoint", { endpoint: "" }, "endpoint is an empty text"],
    ["another scheme", { endpoint: "javascript:alert(1)" }, "endpoint is of type string and does not fit"],
    ["an unknown option", { endpoint, endpont: 1 }, "endpont is unknown, accepted is endpoint, tags, consent"],
    ["a null", { endpoint, batch: null }, "batch is of type null and does not fit, accepted is an object"],
    ["a list", { endpoint, tags: [] }, "tags is of type object and does not fit, accepted is an object"],
    ["a number as id", meta({ pixelId: 5 }), "tags.meta.pixelId is of type number and does not fit"],
    ["an empty id", meta({ pixelId: "" }), "tags.meta.pixelId is an empty text"],
    ["no ids", meta({ pixelId: [] }), "tags.meta.pixelId is of type object and does not fit"],
    ["an empty id of several", meta({ pixelId: ["1", ""] }), "tags.meta.pixelId is of type object and does not fit"],
    [
      "a code that would not be one in an address",
      tiktok({ pixelCode: "C1&lib=x" }),
      "tags.tiktok.pixelCode is of type string and does not fit, accepted is a text of letters and digits, or several",
    ],
    ["no code", tiktok({ pixelCode: undefined }), "tags.tiktok.pixelCode is missing, accepted is a text of letters"],
    ["an unknown vendor", { endpoint, tags: { snap: {} } }, "tags.snap is unknown, accepted is meta, tiktok"],
    ["a wrong script", meta({ scriptUrl: "ftp://x" }), `tags.meta.scriptUrl is of type string and does not fit`],
    ["a wrong nonce", meta({ nonce: true }), "tags.meta.nonce is of type boolean and does not fit, accepted is a text"],
    ["a wrong agent", tiktok({ agent: 1 }), "tags.tiktok.agent is of type number and does not fit, accepted is a text"],
    ["a wrong autoConfig", meta({ autoConfig: "no" }), "tags.meta.autoConfig is of type string and does not fit"],
    [
      "a wrong region",
      tiktok({ region: "eu" }),
      "tags.tiktok.region is of type string and does not fit, accepted is us",
    ],
    ["a region for Meta", meta({ region: "us" }), "tags.meta.region is unknown, accepted is pixelId, scriptUrl, nonce"],
    [
      "a wrong side for page views",
      tiktok({ pageViews: "both" }),
      "tags.tiktok.pageViews is of type string and does not fit, accepted is collector or tag",
    ],
    [
      "a wrong consent",
      { endpoint, consent: { advertising: "yes" } },
      "consent.advertising is of type string and does not fit, accepted is true or false",
    ],
    [
      "a wrong limited data use",
      { endpoint, consent: { limitedDataUse: 1 } },
      "consent.limitedDataUse is of type number and does not fit, accepted is true, false or { country, state }",
    ],
    [
      "an app that is no object",
      { endpoint, app: "a" },
      "app is of type string and does not fit, accepted is an object",
    ],
    ["an app without an id", { endpoint, app: {} }, "app.id is missing, accepted is a text"],
    [
      "a wrong id of an app",
      { endpoint, app: { id: 7 } },
      "app.id is of type number and does not fit, accepted is a text",
    ],
    ["a device without an app", { endpoint, device: { platform: "ios" } }, "app.id is missing, accepted is a text"],
    [
      "a wrong word",
      { endpoint, pageViews: "auto" },
      "pageViews is of type string and does not fit, accepted is automatic or manual",
    ],
    [
      "no events",
      { endpoint, batch: { maxEvents: 0 } },
      "batch.maxEvents is of type number and does not fit, accepted is a whole number from 1 to 1000",
    ],
    ["too many events", { endpoint, batch: { maxEvents: 1001 } }, "batch.maxEvents is of type number and does not fit"],
    ["half an event", { endpoint, batch: { maxEvents: 1.5 } }, "batch.maxEvents is of type number and does not fit"],
    [
      "not a number",
      { endpoint, batch: { maxDelay: Number.NaN } },
      "batch.maxDelay is of type number and does not fit",
    ],
    [
      "too long",
      { endpoint, batch: { maxDelay: 60_001 } },
      "batch.maxDelay is of type number and does not fit, accepted is a whole number from 0 to 60000",
    ],
    ["before now", { endpoint, batch: { maxDelay: -1 } }, "batch.maxDelay is of type number and does not fit"],
    [
      "a wrong domain",
      { endpoint, cookieDomain: "a b" },
      "cookieDomain is of type string and does not fit, accepted is a domain",
    ],
    ["a domain with an attribute", { endpoint, cookieDomain: "a.example; Path=/x" }, "cookieDomain is of type string"],
    [
      "a wrong beforeSend",
      { endpoint, beforeSend: {} },
      "beforeSend is of type object and does not fit, accepted is a function",
    ],
    ["a wrong debug", { endpoint, debug: "no" }, "debug is of type string and does not fit, accepted is true or false"],
  ];
  test.each(cases)("%s", (_, options, message) => {
    const create = () => createPixel(options as never);
    expect(create).toThrow(`createPixel: ${message}`);
    try {
      create();
    } catch (error) {
      expect(isBeaconryError(error) && error.code).toBe("invalid_option");
    }
  });

  test("never tells the value", () => {
    const secret = "secret value of somebody";
    for (const options of [
      { endpoint: secret },
      { endpoint, tags: { meta: { pixelId: secret } } },
      { endpoint, cookieDomain: secret },
      { endpoint, consent: { advertising: secret } },
    ]) {
      expect(() => createPixel(options as never)).toThrow(/^(?!.*secret)/s);
    }
  });

  test("whatever comes: a BeaconryError, or nothing", () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true });
    const options = fc.oneof(
      anything,
      fc.record({ endpoint: fc.oneof(fc.constant(endpoint), anything), tags: anything, consent: anything }),
      fc.record({ endpoint: fc.constant(endpoint), app: anything, batch: fc.record({ maxEvents: anything }) }),
    );
    fc.assert(
      fc.property(options, (given) => {
        try {
          checkOptions(given as never);
        } catch (error) {
          expect(isBeaconryError(error)).toBe(true);
        }
      }),
    );
  });

  // These break the promise above in ways that the generator finds rarely.
  test.each([
    ["a symbol", { endpoint: Symbol("x") }],
    ["an object without a prototype", { endpoint, tags: Object.create(null) }],
    ["what can not become a text", { endpoint, batch: { maxEvents: { toString: 1, valueOf: 1 } } }],
  ])("%s: no other error", (_, options) => {
    try {
      checkOptions(options as never);
    } catch (error) {
      expect(isBeaconryError(error)).toBe(true);
    }
  });

  test("numbers in a list of ids are refused like a number alone", () => {
    expect(() => createPixel(meta({ pixelId: [1234567890123456] }) as never)).toThrow("tags.meta.pixelId");
  });
});

test("what is accepted", () => {
  const everything = {
    endpoint: "/collect",
    tags: {
      meta: { pixelId: ["1", "2"], scriptUrl: "/fbevents.js", nonce: "n", autoConfig: true, agent: "plBeaconry" },
      tiktok: {
        pixelCode: ["C1", "C2"],
        scriptUrl: "https://cdn.example/events.js",
        region: "us",
        pageViews: "tag",
        agent: "Beaconry",
      },
    },
    consent: {
      advertising: true,
      advertiserTracking: false,
      applicationTracking: undefined,
      limitedDataUse: { country: 1, state: 1000 },
    },
    // What is in them, the collector checks.
    app: { id: "com.shop", version: 7 },
    device: { platform: "web", colour: "red" },
    pageViews: "manual",
    batch: { maxEvents: 1000, maxDelay: 60_000 },
    cookieDomain: ".shop.example",
    beforeSend: () => undefined,
    debug: false,
  };
  expect(() => checkOptions(everything as never)).not.toThrow();
  expect(() =>
    checkOptions({ endpoint, batch: { maxEvents: 1, maxDelay: 0 }, tags: {}, debug: undefined }),
  ).not.toThrow();
});

describe("each option makes a difference", () => {
  const granted = { consent: { advertising: true } };

  test("endpoint", async () => {
    const page = openPage();
    page.pixel({ ...granted, endpoint: "/other" }).track("ViewContent");
    await page.pass(1000);
    expect(page.requests[0]?.url).toBe("/other");
  });

  test("batch: without it 20 events, or 1 s", async () => {
    const page = openPage();
    const pixel = page.pixel(granted);
    for (let count = 0; count < 19; count++) pixel.track("ViewContent");
    await page.pass(999);
    expect(page.requests).toHaveLength(0);
    await page.pass(1);
    expect(received(page)).toHaveLength(19);
    for (let count = 0; count < 20; count++) pixel.track("ViewContent");
    await page.pass(0);
    expect(received(page)).toHaveLength(39);
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

  test("pageViews: automatic without it", async () => {
    const automatic = openPage();
    automatic.pixel({ ...granted, pageViews: undefined });
    const manual = openPage();
    manual.pixel({ ...granted, pageViews: "manual" });
    for (const page of [automatic, manual]) await page.pass(1000);
    expect(received(automatic).map(({ name }) => name)).toEqual(["PageView"]);
    expect(received(manual)).toEqual([]);
  });

  test("debug: nothing is logged without it", async () => {
    const [silent, loud] = [openPage(), openPage()];
    silent.pixel(granted).track("ViewContent");
    loud.pixel({ ...granted, debug: true }).track("ViewContent");
    for (const page of [silent, loud]) await page.pass(1000);
    expect(silent.warnings).toEqual([]);
    expect(loud.warnings.join("\n")).toContain("ViewContent");
  });
});
