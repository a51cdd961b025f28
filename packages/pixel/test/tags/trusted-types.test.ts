import { beforeEach, describe, expect, test, vi } from "vitest";
import { listen, openPage, received, type TestPage, tags } from "../page.js";

// A policy is one for the page, and so for the module: each test has the module anew.
let openFresh: () => Promise<TestPage>;
beforeEach(() => {
  vi.resetModules();
  openFresh = async () => (await import("../page.js")).openPage();
});

const granted = { consent: { advertising: true } };

/** Trusted Types of a page whose policy allows these names, each once, as browsers have it. */
function putTrustedTypes(page: TestPage, allowed: string[]) {
  const created: string[] = [];
  const trusted: object[] = [];
  Object.defineProperty(page.window, "trustedTypes", {
    value: {
      createPolicy(name: string, rules: { createScriptURL(url: string): string }) {
        if (!allowed.includes(name) || created.includes(name)) throw new TypeError(`no policy ${name}`);
        created.push(name);
        return {
          createScriptURL(url: string) {
            const one = Object.assign(Object(rules.createScriptURL(url)), { isTrusted: true });
            trusted.push(one);
            return one;
          },
        };
      },
    },
  });
  return { created, trusted };
}

describe("under Trusted Types", () => {
  test("script addresses go through one policy, named beaconry", async () => {
    const page = await openFresh();
    const { created, trusted } = putTrustedTypes(page, ["beaconry"]);
    const pixel = page.pixel({ ...granted, tags });
    pixel.track("Search");
    expect(created).toEqual(["beaconry"]);
    expect(page.scripts().map(({ src }) => src)).toEqual(trusted);
    expect(trusted.map(String)).toEqual([
      "https://connect.facebook.net/en_US/fbevents.js",
      `https://analytics.tiktok.com/i18n/pixel/events.js?sdkid=${tags.tiktok.pixelCode}&lib=ttq`,
    ]);
    await page.pass(1000);
    expect(received(page)[0]?.tags).toEqual(["meta", "tiktok"]);
  });

  test("where the page does not allow that, the tags are left out, and events go by the collector", async () => {
    const page = await openFresh();
    putTrustedTypes(page, []);
    const pixel = page.pixel({ tags });
    const errors = listen(pixel, "error");
    pixel.consent({ advertising: true });
    pixel.track("Search");
    await page.pass(1000);
    expect(page.scripts()).toEqual([]);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining("meta"),
      expect.stringContaining("tiktok"),
    ]);
    expect(received(page)[0]?.tags).toEqual([]);
  });
});

test("without them the address is a text", () => {
  const page = openPage();
  page.pixel({ ...granted, tags: { meta: tags.meta } });
  expect(page.scripts().map(({ src }) => src)).toEqual(["https://connect.facebook.net/en_US/fbevents.js"]);
});
