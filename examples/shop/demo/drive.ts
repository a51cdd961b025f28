import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { type Check, checkAppRequests, checkPurchase } from "./checks.ts";
import { compare, isAsExpected } from "./expected.ts";
import { type Demo, secrets } from "./start.ts";

/** What a drive came to. */
export interface DriveResult {
  report: string;
  ok: boolean;
}

const settleTime = 15_000;

/** Has headless Chromium shop once, refuse once, and buy in the app on two phones; then compares what arrived. */
export async function drive(demo: Demo): Promise<DriveResult> {
  const browser = await launchChromium();
  try {
    const checks: Check[] = [];
    checks.push(...(await shopOnce(browser, demo)));
    checks.push(await refuseOnce(browser, demo));
    await buyOnPhone(browser, demo, { deviceAllows: true });
    await buyOnPhone(browser, demo, { deviceAllows: false });
    await demo.sandbox.waitFor((events) => isAsExpected(compare(events)), settleTime).catch(() => undefined);
    const { dead, pending } = await demo.tracker.flush();
    checks.push(["the server has nothing left and gave nothing up", dead === 0 && pending === 0]);
    checks.push(...checkPurchase(demo.sandbox), ...checkAppRequests(demo.sandbox));
    return summarise(demo, checks);
  } finally {
    await browser.close();
  }
}

/** The Chromium of `CHROMIUM_PATH`, or Debian's. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

async function shopOnce(browser: Browser, { shopUrl, sandbox }: Demo): Promise<Check[]> {
  const { context, page } = await open(browser);
  const leaks: string[] = [];
  page.on("response", async (response) => {
    const text = await response.text().catch(() => "");
    if (secrets.some((secret) => text.includes(secret))) leaks.push(response.url());
  });
  const reports: string[] = [];
  page.on("request", (request) => {
    if (request.url().startsWith(sandbox.url) || request.method() === "POST") reports.push(request.url());
  });
  await page.goto(`${shopUrl}/?fbclid=IwAR0Demo_AbC&ttclid=E.C.P.Demo`, { waitUntil: "networkidle" });
  const before = await traces(context, page);
  const untouched =
    reports.length === 0 && before.cookies.every((name) => name === "visitor") && before.stored.length === 0;
  await page.click("#accept");
  for (const id of ["1234", "5678"]) {
    await page.goto(`${shopUrl}/product/${id}`, { waitUntil: "networkidle" });
    await Promise.all([page.waitForURL("**/cart"), page.click("#add")]);
    await page.waitForLoadState("networkidle");
  }
  await page.goto(`${shopUrl}/checkout`, { waitUntil: "networkidle" });
  for (const [name, value] of Object.entries(shopper)) await page.fill(`[name=${name}]`, value);
  await Promise.all([page.waitForURL("**/thanks**"), page.click("#order button")]);
  await page.waitForLoadState("networkidle");
  // Shoppers do reload the last page: the purchase must not count twice.
  await page.reload({ waitUntil: "networkidle" });
  await context.close();
  return [
    ["before consent: no script loaded, nothing sent, no cookie, nothing stored", untouched],
    ["no token reached the browser", leaks.length === 0],
  ];
}

const shopper = {
  email: " Ada@Example.com ",
  phone: "(650) 555-1212",
  firstName: "Ada",
  lastName: "Lovelace",
  city: "Menlo Park",
  zip: "94025-1234",
  country: "United States",
};

async function refuseOnce(browser: Browser, { shopUrl, sandbox }: Demo): Promise<Check> {
  const { context, page } = await open(browser);
  const before = sandbox.events().length;
  await page.goto(`${shopUrl}/?fbclid=IwAR0Refused`, { waitUntil: "networkidle" });
  await page.click("#refuse");
  await page.goto(`${shopUrl}/product/9012`, { waitUntil: "networkidle" });
  await Promise.all([page.waitForURL("**/cart"), page.click("#add")]);
  await page.waitForLoadState("networkidle");
  const { cookies } = await traces(context, page);
  await context.close();
  const silent = sandbox.events().length === before && cookies.every((name) => name === "visitor");
  return ["after a refusal: nothing sent, no cookie", silent];
}

async function buyOnPhone(
  browser: Browser,
  { shopUrl }: Demo,
  { deviceAllows }: { deviceAllows: boolean },
): Promise<void> {
  const { context, page } = await open(browser, { viewport: { width: 412, height: 915 }, isMobile: true });
  await page.goto(`${shopUrl}/app`, { waitUntil: "networkidle" });
  if (!deviceAllows) await page.uncheck("#advertiser-tracking");
  await page.click("#buy");
  await page.waitForFunction(() => document.getElementById("status")?.textContent !== "");
  await context.close();
}

async function open(
  browser: Browser,
  options?: BrowserContextOptions,
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  return { context, page: await context.newPage() };
}

/** What a page has left in the browser, of ours and of the vendors'. The shop's own entries are not counted. */
async function traces(context: BrowserContext, page: Page): Promise<{ cookies: string[]; stored: string[] }> {
  const cookies = (await context.cookies()).map(({ name }) => name);
  const stored = await page.evaluate(() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]);
  return { cookies, stored: stored.filter((name) => name !== "cart" && name !== "asked") };
}

function summarise({ sandbox }: Demo, checks: readonly Check[]): DriveResult {
  const expectations = compare(sandbox.events());
  const row = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, index) => (index < 2 ? String(cell).padEnd([11, 24][index] ?? 0) : String(cell).padStart(9)))
      .join(" ");
  const lines = expectations.map(
    ({ path, name, expected, counted, browser, server }) =>
      `${expected === counted ? "ok  " : "FAIL"} ${row([path, name, expected, counted, browser, server])}`,
  );
  const verdicts = checks.map(([what, holds]) => `${holds ? "ok  " : "FAIL"} ${what}`);
  const ok = isAsExpected(expectations) && checks.every(([, holds]) => holds);
  const head = `     ${row(["path", "event", "expected", "counted", "by tag", "by server"])}`;
  const closing = ok
    ? "Every expected event arrived exactly once after deduplication."
    : "Not every expected event arrived exactly once: see the lines that say FAIL.";
  return { report: ["", head, ...lines, "", ...verdicts, "", closing].join("\n"), ok };
}
