import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
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

it("makes an audience of those who left a cart, in one command", async () => {
  const hash = (email: string) => createHash("sha256").update(email).digest("hex");
  const grace = hash("grace@example.com");
  // TikTok takes no audience of fewer people than a thousand.
  const others = Array.from({ length: 999 }, (_, number) => `shopper${number}@example.com`);
  await Promise.all(
    others.map((email) =>
      demo.tracker.track(
        "AddToCart",
        { currency: "EUR", value: 9.99, contents: [{ id: "1234", quantity: 1, price: 9.99 }] },
        {
          context: { source: "web", page: { url: demo.shopUrl }, userAgent: "x" },
          consent: { advertising: true },
          user: { email },
        },
      ),
    ),
  );
  const browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`${demo.shopUrl}/product/1234`);
  await page.click("#accept");
  await Promise.all([page.waitForURL("**/cart"), page.click("#add")]);
  await page.goto(`${demo.shopUrl}/checkout`);
  await page.fill("[name=email]", "grace@example.com");
  await page.press("[name=email]", "Tab");
  // The next event ties the address to the cart.
  await page.goto(demo.shopUrl);
  const isKnown = (event: ReceivedEvent) =>
    event.endpoint === "meta.conversions" && JSON.stringify(event).includes(grace);
  await demo.sandbox.waitFor((events) => events.some(isKnown), 10_000);
  await browser.close();

  const [account] = demo.sandbox.accounts();
  const beaconry = fileURLToPath(new URL("../node_modules/.bin/beaconry", import.meta.url));
  const folder = dirname(demo.journalPath);
  const rule = ["--include", "AddToCart:14d", "--exclude", "Purchase:14d"];
  const { stdout } = await promisify(execFile)(
    beaconry,
    [
      ...["audience", "sync", "--journal", demo.journalPath, ...rule, "--name", "Carts"],
      ...["--sandbox", demo.sandbox.url, "--account", String(account?.advertiser_id)],
    ],
    { cwd: folder },
  );
  const [audience, ...more] = demo.sandbox.audiences();
  expect([audience?.name, audience?.size, more]).toEqual(["Carts", 1_000, []]);
  expect([grace, ...others.map(hash)].filter((one) => !audience?.has(one))).toEqual([]);
  // The shopper of the drive has bought what was in the cart.
  expect(audience?.has(hash("ada@example.com"))).toBe(false);
  expect(stdout).toContain("Carts");
}, 60_000);
