import type { App, Device } from "@beaconry/core";
import { toExtinfo } from "@beaconry/core/meta";
import fc from "fast-check";
import { expect, it } from "vitest";

/** "Conversions API for App Events": the documented example for Android, all 16. */
const documented = [
  ...["a2", "com.some.app", "771", "7.7.1", "10.1.1", "OnePlus6", "en_US", "GMT-1", "TMobile"],
  ...["1920", "1080", "2", "2", "128", "8", "USA/New York"],
];
const app: App = { id: "com.some.app", version: "7.7.1", build: "771" };
const android: Device = {
  platform: "android",
  osVersion: "10.1.1",
  model: "OnePlus6",
  locale: "en-US",
  timezoneAbbreviation: "GMT-1",
  carrier: "TMobile",
  screenWidth: 1920,
  screenHeight: 1080,
  screenDensity: 2,
  cpuCores: 2,
  storage: 128,
  freeStorage: 8,
  timezone: "USA/New York",
};

it("a2: gives Meta's order", () => {
  expect(toExtinfo(android, app)).toEqual(documented);
});

it("i2: gives Meta's order, with -1 for the storage that iOS does not tell", () => {
  const iphone: Device = {
    platform: "ios",
    osVersion: "13.4.1",
    model: "iPhone5,1",
    locale: "en_US",
    timezoneAbbreviation: "PDT",
    carrier: "AT&T",
    screenWidth: 320,
    screenHeight: 568,
    screenDensity: 2,
    cpuCores: 2,
    storage: -1,
    freeStorage: -1,
    timezone: "America/Los_Angeles",
  };
  expect(
    toExtinfo(iphone, { id: "com.facebook.sdk.samples.hellofacebook", build: "1.0", version: "1.0 long" }),
  ).toEqual([
    ...["i2", "com.facebook.sdk.samples.hellofacebook", "1.0", "1.0 long", "13.4.1", "iPhone5,1", "en_US", "PDT"],
    ...["AT&T", "320", "568", "2", "2", "-1", "-1", "America/Los_Angeles"],
  ]);
});

it.each(["android", "ios"] as const)("%s: leaves every unknown slot empty", (platform) => {
  const version = platform === "ios" ? "i2" : "a2";
  expect(toExtinfo({ platform, osVersion: "9" })).toEqual([version, "", "", "", "9", ...Array(11).fill("")]);
});

it("calls no other system Android", () => {
  expect(toExtinfo({ platform: "windows" as "ios", osVersion: "10" })[0]).toBe("");
});

it.each([
  ["en-US", "en_US"],
  ["zh-Hant-TW", "zh_TW"],
  ["de", "de"],
  ["fr_CA", "fr_CA"],
  ["En_US", "En_US"],
])("locale %s is %s", (locale, slot) => {
  expect(toExtinfo({ ...android, locale })[6]).toBe(slot);
});

it("always gives 16 texts, and throws for nothing", () => {
  const anyDevice = fc.record(Object.fromEntries(Object.keys(android).map((name) => [name, fc.anything()])));
  const anyApp = fc.record({ id: fc.anything(), build: fc.anything(), version: fc.anything() });
  fc.assert(
    fc.property(fc.oneof(anyDevice, fc.anything()), fc.oneof(anyApp, fc.anything()), (device, from) => {
      const extinfo = toExtinfo(device as unknown as Device, from as App);
      expect(extinfo).toHaveLength(16);
      for (const slot of extinfo) expect(slot).toBeTypeOf("string");
      expect(extinfo).not.toContain("undefined");
      expect(extinfo).not.toContain("NaN");
    }),
  );
});
