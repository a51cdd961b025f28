import { type BrowserFacts, deviceFromBrowser } from "@beaconry/core";
import { toExtinfo } from "@beaconry/core/meta";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuTime } from "./cpu-time.js";

const userAgents = {
  androidWebView:
    "Mozilla/5.0 (Linux; Android 9; SM-G965F Build/PPR1.180610.011; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/96.0 Mobile Safari/537.36",
  androidChrome:
    "Mozilla/5.0 (Linux; Android 12; Pixel 6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/100.0 Mobile Safari/537.36",
  androidReduced:
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
  firefox: "Mozilla/5.0 (Android 14; Mobile; rv:121.0) Gecko/121.0 Firefox/121.0",
  iphone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  ipad: "Mozilla/5.0 (iPad; U; CPU OS 3_2 like Mac OS X; en-us) AppleWebKit/531.21.10 (KHTML, like Gecko) Mobile/7B367",
  ipadAsMac: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2",
  windows:
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
  windowsPhone:
    "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0; ARM; Trident/7.0; Touch) like iPhone OS 7_0_3 Mac OS X",
};

describe("deviceFromBrowser", () => {
  it("reads all that an Android web view knows, screens in physical pixels", () => {
    const device = deviceFromBrowser({
      userAgent: userAgents.androidWebView,
      language: "en-US",
      timezone: "Europe/Paris",
      timezoneOffset: -60,
      screen: { width: 411, height: 797 },
      devicePixelRatio: 3.5,
      hardwareConcurrency: 8,
    });
    expect(device).toEqual({
      platform: "android",
      osVersion: "9",
      model: "SM-G965F",
      locale: "en_US",
      timezone: "Europe/Paris",
      timezoneAbbreviation: "GMT+01:00",
      screenWidth: 1439,
      screenHeight: 2790,
      screenDensity: 3.5,
      cpuCores: 8,
    });
  });

  it("reads an iPhone's, screens in points and without a model", () => {
    const device = deviceFromBrowser({
      userAgent: userAgents.iphone,
      language: "de",
      timezone: "America/St_Johns",
      timezoneOffset: 210,
      screen: { width: 390, height: 844 },
      devicePixelRatio: 3,
      hardwareConcurrency: 6,
    });
    expect(device).toEqual({
      platform: "ios",
      osVersion: "17.2.1",
      locale: "de",
      timezone: "America/St_Johns",
      timezoneAbbreviation: "GMT-03:30",
      screenWidth: 390,
      screenHeight: 844,
      screenDensity: 3,
      cpuCores: 6,
    });
  });

  it.each([
    ["androidChrome", { platform: "android", osVersion: "12", model: "Pixel 6" }],
    ["androidReduced", { platform: "android", osVersion: "10" }],
    ["firefox", { platform: "android", osVersion: "14" }],
    ["ipad", { platform: "ios", osVersion: "3.2" }],
    ["ipadAsMac", {}],
    ["windows", {}],
    ["windowsPhone", {}],
  ] as const)("%s", (name, device) => {
    expect(deviceFromBrowser({ userAgent: userAgents[name] })).toEqual(device);
  });

  it("takes the version and the model from the hints before a frozen user agent", () => {
    const userAgentData = { platform: "Android", platformVersion: "14.0.0", model: "Pixel 8" };
    const known = { platform: "android", osVersion: "14.0.0", model: "Pixel 8" };
    expect(deviceFromBrowser({ userAgent: userAgents.androidReduced, userAgentData })).toEqual(known);
    expect(deviceFromBrowser({ userAgentData })).toEqual(known);
    const empty = { platform: "Android", platformVersion: "", model: "" };
    expect(deviceFromBrowser({ userAgent: userAgents.androidReduced, userAgentData: empty })).toEqual({
      platform: "android",
      osVersion: "10",
    });
  });

  it.each([
    [0, "GMT+00:00"],
    [-60, "GMT+01:00"],
    [-330, "GMT+05:30"],
    [480, "GMT-08:00"],
    [-840, "GMT+14:00"],
    [-841, undefined],
    [0.5, undefined],
    [Number.NaN, undefined],
  ])("offset %d is %s", (timezoneOffset, timezoneAbbreviation) => {
    expect(deviceFromBrowser({ timezoneOffset }).timezoneAbbreviation).toBe(timezoneAbbreviation);
  });

  it.each([
    [{ language: "en-US-u-ca-buddhist" }, { locale: "en_US" }],
    [{ language: "es-419" }, { locale: "es_419" }],
    [{ language: "english" }, {}],
    [{ language: "x".repeat(2_000) }, {}],
    [{ timezone: "UTC" }, { timezone: "UTC" }],
    [{ timezone: "Etc/GMT+5" }, { timezone: "Etc/GMT+5" }],
    [{ timezone: "America/Argentina/Buenos_Aires" }, { timezone: "America/Argentina/Buenos_Aires" }],
    [{ timezone: "<script>" }, {}],
    [{ screen: { width: 0, height: -1 }, devicePixelRatio: Number.POSITIVE_INFINITY, hardwareConcurrency: 0 }, {}],
    [{ devicePixelRatio: 2.625 }, { screenDensity: 2.63 }],
    [{ userAgent: `Android 9; ${"a".repeat(2_000)}` }, {}],
  ] satisfies [BrowserFacts, object][])("%o gives %o", (facts, device) => {
    expect(deviceFromBrowser(facts)).toEqual(device);
  });

  it("throws for nothing, and what it gives fills 16 slots", () => {
    const anyFacts = fc.record(
      {
        userAgent: fc.oneof(
          fc.anything(),
          fc.string().map((text) => `Android ${text}`),
        ),
        userAgentData: fc.anything(),
        language: fc.anything(),
        timezone: fc.anything(),
        timezoneOffset: fc.oneof(fc.anything(), fc.double()),
        screen: fc.anything(),
        devicePixelRatio: fc.oneof(fc.anything(), fc.double()),
        hardwareConcurrency: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(anyFacts, fc.anything()), (facts) => {
        const device = deviceFromBrowser(facts as BrowserFacts);
        for (const value of Object.values(device))
          expect(value).toSatisfy((it) => it === `${it}` || Number.isFinite(it));
        expect(toExtinfo({ platform: "android", osVersion: "", ...device })).toHaveLength(16);
      }),
    );
  });

  it("reads hostile user agents in linear time", () => {
    const time = cpuTime(() => {
      for (const part of ["iPhone ", "Android 9; ", " OS 1_", " Build/"]) {
        deviceFromBrowser({ userAgent: part.repeat(100_000) });
        deviceFromBrowser({ userAgent: part.repeat(1_000 / part.length) });
      }
    });
    expect(time).toBeLessThan(1_000);
  });
});
