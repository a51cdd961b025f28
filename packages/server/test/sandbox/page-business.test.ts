// biome-ignore-all lint/performance/useDomNodeTextContent: asked for is what is seen, as it is laid out
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { launchChromium } from "../../../../scripts/launch-chromium.mjs";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { tiktokBusiness } from "../../src/tiktok-business/index.js";
import { requireBuiltPage } from "./built-page.js";

let browser: Browser;
let sandbox: Sandbox;
let page: Page;
let ahead = 0;
let complaints: string[] = [];

beforeAll(async () => {
  requireBuiltPage();
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  ahead = 0;
  complaints = [];
  sandbox = await createSandbox({ now: () => Date.now() + ahead, audienceDelay: HOUR });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(10_000);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("ERR_")) complaints.push(message.text());
  });
});
afterEach(async () => {
  await page.close();
  await sandbox.close();
  // Neither an error of the page's own nor anything that its policy forbids.
  expect(complaints).toEqual([]);
});

vi.setConfig({ testTimeout: 30_000 });
/** A machine that builds and tests other things beside may take its time. */
const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 10_000 });

const HOUR = 3_600_000;
const accountId = "7000000000000000001";
const form = "7400000000000000001";
const business = () =>
  tiktokBusiness({
    accessToken: "token",
    baseUrl: sandbox.url,
    callsPerSecond: 1_000,
    app: { id: "700", secret: "s-1" },
  });

const visit = async (view: string) => {
  await page.goto(`${sandbox.url}/#${view}`);
  await page.locator(".status.live").waitFor();
};
const board = () => page.locator("main").innerText();
const item = (text: string) => page.locator("details.item", { hasText: text });
const views = () => page.locator("nav.views").innerText();
const hash = (index: number) => createHash("sha256").update(`person${index}`).digest("hex");

/** An audience of so many hashed e-mail addresses, and of rows that can not be read. */
async function makeAudience(name: string, people: number, badRows = 0): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "beaconry-page-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const rows = [...Array.from({ length: people }, (_, index) => hash(index)), ...Array(badRows).fill("no hash")];
  const text = `${rows.join("\n")}\n`;
  const path = join(folder, "part.csv");
  writeFileSync(path, text);
  const md5 = createHash("md5").update(text).digest("hex");
  const { audiences } = business();
  const file = await audiences.upload(accountId, { path, md5, schema: "email" });
  return audiences.create(accountId, { name, schema: "email", files: [file] });
}

/** Answers webhooks; the first `refusals` of them with 503. */
async function receive(refusals: number) {
  let came = 0;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(came++ < refusals ? 503 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/leads/9f86d081` };
}

describe("ad accounts", () => {
  test("come with what their status and role mean, and their pixels; one that is made appears", async () => {
    await visit("accounts");
    await soon(() => page.locator(".account").count()).toBe(3);
    const texts = await page.locator(".account").allInnerTexts();
    expect(texts[0]).toMatch(/Sandbox Shop\s+Can be used/);
    expect(texts[0]).toContain("STATUS_ENABLE Approved: it can be used.");
    expect(texts[0]).toContain("ROLE_ADVERTISER An advertiser's own account.");
    expect(texts[0]).toMatch(/Shop\s+C0SANDBOXPIXEL000001[\s\S]*Blog\s+C0SANDBOXPIXEL000002/);
    expect(texts[2]).toMatch(
      /Can not be used[\s\S]*STATUS_LIMIT Punished: it may not advertise\.[\s\S]*Prohibited content/,
    );
    expect(texts[0]).toMatch(/Leads go to\s+nobody/);
    await business().subscriptions.subscribe({ callbackUrl: "http://127.0.0.1:8099/leads", accountId });
    await soon(() => page.locator(".account").first().innerText()).toMatch(/Leads go to\s+127\.0\.0\.1:8099/);
    const company = { name: "New GmbH", industry: "290101", registeredArea: "DE" };
    const centre = { businessCenterId: "7100000000000000001", currency: "EUR", timezone: "Europe/Berlin" };
    await business().accounts.create({ ...centre, name: "Fourth", company });
    await soon(() => page.locator(".account").last().innerText()).toMatch(/Fourth[\s\S]*Under review/);
  });
});

describe("audiences", () => {
  test("say how to make one while there is none, and show one as it is made", async () => {
    await visit("audiences");
    await soon(board).toContain(
      `beaconry audience sync --csv customers.csv --name "Customers" --sandbox ${sandbox.url}`,
    );
    const id = await makeAudience("Buyers", 1_000, 20);
    await soon(views).toMatch(/Audiences\s+1/);
    await item("Buyers").waitFor();
    expect(await item("Buyers").innerText()).toMatch(
      new RegExp(`${id}[\\s\\S]*1,000 ids[\\s\\S]*e-mail[\\s\\S]*Processing`),
    );
    expect(await page.locator(".nothing-yet").count()).toBe(0);
  });

  test("become ready by the clock alone, and are too small with fewer than 1,000", async () => {
    await makeAudience("Buyers", 1_000);
    await makeAudience("Few", 999);
    await visit("audiences");
    await soon(() => item("Buyers").innerText()).toMatch(/ready in (59|60) min/);
    ahead = HOUR;
    // The sandbox's clock was put forward: a page that is loaded anew has it.
    await page.reload();
    await soon(() => item("Buyers").innerText()).toContain("Ready");
    expect(await item("Few").innerText()).toContain("Too small");
    await item("Few").locator("summary").click();
    await soon(board).toContain("Fewer than 1,000 people: ads can not use it");
  });

  test("keep their history with counts, and with whom they are shared", async () => {
    const id = await makeAudience("Buyers", 1_000, 20);
    await visit("audiences");
    await item("Buyers").locator("summary").click();
    const history = () => item("Buyers").locator(".history tbody tr").allInnerTexts();
    await soon(history).toEqual([expect.stringMatching(/^Made CREATE\s.*\s1\s+1,020\s+20\s+\+1,000\s+1,000$/)]);
    const company = { name: "New GmbH", industry: "290101", registeredArea: "DE" };
    const centre = { businessCenterId: "7100000000000000001", currency: "EUR", timezone: "Europe/Berlin" };
    const other = await business().accounts.create({ ...centre, name: "Second shop", company });
    await business().audiences.share(accountId, [id], [other]);
    await business().audiences.rename(accountId, id, "Customers");
    // It stays open while it changes.
    await soon(() => item("Customers").locator(".history tbody tr").allInnerTexts()).toEqual([
      expect.stringMatching(/^Renamed RENAME\s+Customers/),
      expect.stringMatching(new RegExp(`^Shared SHARE\\s+${other}`)),
      expect.stringMatching(/^Made CREATE/),
    ]);
    expect(await item("Customers").innerText()).toMatch(new RegExp(`Shared with\\s+Second shop\\s+${other}`));
  });

  test("count who streams through a segment", async () => {
    const { segments } = business().audiences;
    const segment = await segments.create(accountId, "Visitors");
    const people = Array.from({ length: 30 }, (_, index) => ({ email: `p${index}@shop.example` }));
    const to = { accountIds: [accountId], segmentIds: [segment] };
    await visit("audiences");
    await soon(() => item("Visitors").innerText()).toMatch(/streaming segment[\s\S]*0 ids\s+no ids yet/);
    await segments.add({ ...to, people, batchSize: 10 });
    await segments.remove({ ...to, people: people.slice(0, 5) });
    await soon(() => item("Visitors").innerText()).toMatch(/25 ids\s+e-mail, phone/);
    await item("Visitors").locator("summary").click();
    await soon(() => item("Visitors").locator(".history tbody tr").allInnerTexts()).toEqual([
      expect.stringMatching(/^People left DELETE\s.*\s5\s+–\s+−5\s+25$/),
      expect.stringMatching(/^People came ADD\s.*\s30\s+–\s+\+30\s+30$/),
      expect.stringMatching(/^Made CREATE/),
    ]);
  });
});

describe("leads", () => {
  test("say what to do while there is none, and where a lead went: host, tries, answer", async () => {
    await visit("leads");
    await soon(board).toContain("Nobody has handed in a form yet");
    expect(await board()).toContain(
      `leads subscribe --callback http://127.0.0.1:8080/leads/9f86d081884c7d659a2f --sandbox ${sandbox.url}`,
    );
    const { host, url } = await receive(2);
    await business().subscriptions.subscribe({ callbackUrl: url, accountId, formId: form });
    await soon(board).toMatch(new RegExp(`${host}\\s+Alive[\\s\\S]*LEAD\\s+of the form Newsletter`));
    await business().leads.createTestLead({ accountId, formId: form });
    await soon(views).toMatch(/Leads\s+1/);
    await soon(() => item("Jane Doe").innerText()).toMatch(
      new RegExp(`test lead[\\s\\S]*Newsletter\\s+Delivered\\s+${host}`),
    );
    await item("Jane Doe").locator("summary").click();
    const text = await item("Jane Doe").innerText();
    expect(text).toContain("3 tries, last answer: HTTP 200");
    expect(text).toMatch(/email\s+jane\.doe@example\.com/);
  });

  test("are handed in by the form on the page, and sent to whoever subscribed", async () => {
    const { host, url } = await receive(0);
    await business().subscriptions.subscribe({ callbackUrl: url, accountId });
    await visit("leads");
    await page.getByRole("combobox", { name: "Form" }).selectOption({ label: "Probefahrt" });
    await page.getByLabel("name", { exact: true }).fill("Ada Lovelace");
    await page.getByLabel("phone_number").fill("");
    await page.getByLabel("Wann dürfen wir anrufen?").fill("abends");
    await page.getByLabel("Kept in").selectOption("eu");
    await soon(board).toContain("It goes to 1 subscription by webhook");
    await page.getByRole("button", { name: "Send the lead" }).click();
    // Said to screen readers.
    await soon(() => page.locator("[role=status]").allInnerTexts()).toContainEqual(
      expect.stringMatching(/^Lead \d{19} handed in$/),
    );
    await soon(() => item("Ada Lovelace").innerText()).toMatch(new RegExp(`Probefahrt\\s+Delivered\\s+${host}`));
    expect(sandbox.leads()).toMatchObject([
      {
        formName: "Probefahrt",
        isTest: false,
        region: "eu",
        answers: { name: "Ada Lovelace", email: "jane.doe@example.com", "Wann dürfen wir anrufen?": "abends" },
        deliveries: [{ attempts: 1, status: 200, state: "delivered" }],
      },
    ]);
    expect(Object.keys(sandbox.leads()[0]?.answers ?? {})).toHaveLength(3);
  });

  test("that nobody subscribed to, and those that nobody takes, say so", async () => {
    sandbox.submitLead({ answers: { name: "Ada" } });
    await business().subscriptions.subscribe({ callbackUrl: "http://127.0.0.1:9/leads", accountId });
    sandbox.submitLead({ answers: { name: "Grace" } });
    await visit("leads");
    await soon(() => item("Ada").innerText()).toContain("Nobody subscribed");
    await soon(() => item("Grace").innerText()).toMatch(/Not taken, \d+ times\s+127\.0\.0\.1:9$/);
  });
});

describe("the views", () => {
  test("are reached by links, by keys, and back; what is in the address stays", async () => {
    await visit("events");
    await page.getByRole("link", { name: "Audiences" }).click();
    await soon(board).toContain("Audiences at TikTok");
    expect(await page.locator("nav.views [aria-current=page]").innerText()).toBe("Audiences");
    await page.keyboard.press("4");
    await soon(board).toContain("Leads at TikTok");
    await page.goBack();
    await soon(board).toContain("Audiences at TikTok");
    await page.reload();
    await soon(board).toContain("Audiences at TikTok");
    // What belongs to the events leads back to them.
    await page.keyboard.press("f");
    await page.getByRole("heading", { name: "Set a fault" }).waitFor();
    await page.keyboard.press("2");
    await page.keyboard.press("/");
    await soon(() => page.evaluate(() => document.activeElement?.id)).toBe("search");
  });

  test("wait during a pause, and are emptied by a reset", async () => {
    await visit("leads");
    await page.keyboard.press("p");
    sandbox.submitLead({ answers: { name: "Ada" } });
    sandbox.submitLead({ answers: { name: "Grace" } });
    // A second page that is not paused has them.
    const other = await browser.newPage();
    await other.goto(`${sandbox.url}/#leads`);
    await other.locator("details.item", { hasText: "Grace" }).waitFor();
    await other.close();
    expect(await page.locator("details.item").count()).toBe(0);
    await page.keyboard.press("p");
    await soon(() => page.locator("details.item").count()).toBe(2);
    sandbox.reset();
    await soon(() => page.locator("details.item").count()).toBe(0);
  });

  test("set a fault for one call of the Business API, which then is told among the events", async () => {
    await visit("events");
    await page.keyboard.press("f");
    await page.getByLabel("Kind").selectOption({ label: "Server error" });
    await page.getByLabel("Endpoint").selectOption({ label: "TikTok Business API" });
    await page.getByLabel("Call").selectOption("/segment/audience/");
    await page.getByLabel("When").selectOption("after");
    await page.getByRole("button", { name: "Set the fault" }).click();
    await soon(() => page.locator(".faults").innerText()).toContain("TikTok Business API /segment/audience/");
    expect(sandbox.faults.list()).toMatchObject([
      { fault: { kind: "serverError", endpoint: "tiktok.business", path: "/segment/audience/", when: "after" } },
    ]);
    await expect(business().audiences.segments.create(accountId, "Visitors")).rejects.toMatchObject({
      mayBeDone: true,
    });
    const row = page.locator(".rows [role=row]", { hasText: "/segment/audience/" });
    await row.click();
    await soon(() => page.locator("#panel-body").innerText()).toMatch(
      /Came to\s+TikTok Business API\s+Ad account\s+7000000000000000001/,
    );
    expect(await page.locator("#panel-body").innerText()).not.toContain("events sent");
  });
});

test.each([320, 390, 1280])("what to do while there is nothing fits a screen of %i pixels", async (width) => {
  await page.setViewportSize({ width, height: 844 });
  for (const [view, advice] of [
    ["events", ".empty"],
    ["audiences", ".nothing-yet .snippet"],
    ["leads", ".lead-side .snippet"],
  ] as const) {
    await visit(view);
    const right = await page.locator(advice).evaluate((part) => part.getBoundingClientRect().right);
    expect(right, view).toBeLessThanOrEqual(width);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), view).toBe(0);
  }
});
