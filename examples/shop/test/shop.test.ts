import type { ReceivedEvent } from "@beaconry/server/sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DriveResult, drive, launchChromium } from "../demo/drive.ts";
import { type Demo, startDemo } from "../demo/start.ts";

let demo: Demo;
let result: DriveResult;

beforeAll(async () => {
  demo = await startDemo();
  result = await drive(demo);
}, 120_000);
afterAll(() => demo[Symbol.asyncDispose]());

it("brings every event of a shopper and two phones to both vendors exactly once", () => {
  expect(result.report).not.toContain("FAIL");
  expect(result.ok).toBe(true);
});

it("gives no visitor a way to forge an address", async () => {
  const event = {
    id: "forged",
    name: "Contact",
    time: Date.now(),
    properties: {},
    context: { source: "web", page: { url: demo.shopUrl } },
    consent: { advertising: true },
    tags: [],
  };
  const response = await fetch(`${demo.shopUrl}/collect`, {
    method: "POST",
    headers: { "Content-Type": "text/plain", "X-Forwarded-For": "6.6.6.6" },
    body: JSON.stringify({ sentAt: Date.now(), events: [event] }),
  });
  expect(response.status).toBe(202);
  await demo.tracker.flush();
  expect(JSON.stringify(demo.sandbox.events())).not.toContain("6.6.6.6");
});

it("loses no event of a shopper who leaves at once, before TikTok's script is there", async () => {
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.route("**/i18n/pixel/events.js*", () => undefined, { times: 1 });
  const seen = demo.sandbox.events().length;
  await page.goto(demo.shopUrl);
  await page.click("#accept");
  await page.goto(`${demo.shopUrl}/cart`);
  const counted = (events: readonly ReceivedEvent[]) =>
    events.slice(seen).filter(({ name, outcome }) => /^page_?view$/i.test(name) && outcome === "counted");
  await demo.sandbox.waitFor((events) => counted(events).length === 4, 10_000);
  await browser.close();
  expect(
    counted(demo.sandbox.events())
      .map(({ vendor }) => vendor)
      .sort(),
  ).toEqual(["meta", "meta", "tiktok", "tiktok"]);
});
