import { readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "@beaconry/server/sandbox";
import { fileTokenStore, isForwardedLead } from "@beaconry/server/tiktok-business";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { beaconry, beaconryJson, makeFolder } from "./beaconry.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const env = { TIKTOK_APP_SECRET: "app-secret-81", LEADS_SECRET: "leads-secret-1234567" };
const form = "7400000000000000001";
const answers = { name: "Ada\u001b[2J", email: "ada@example.com", phone_number: "+491511234567", Budget: "9" };

/** As after `beaconry connect tiktok`. */
async function connected() {
  const folder = makeFolder();
  const config = join(folder, "beaconry.config.json");
  writeFileSync(config, JSON.stringify({ tiktok: { appId: "700", accountId: "7000000000000000001" } }));
  const token = { accessToken: "token-1234", advertiserIds: ["7000000000000000001"], scopes: ["lead"], obtainedAt: 1 };
  await fileTokenStore(join(folder, ".beaconry", "sandbox-token.json")).save(token);
  return { folder, at: ["--config", config, "--sandbox", sandbox.url] };
}

async function receiver(statuses: readonly number[] = [200], port = 0) {
  const came: { headers: Record<string, unknown>; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      came.push({ headers: request.headers, body });
      response.writeHead(statuses[Math.min(came.length, statuses.length) - 1] ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  const { port: own } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${own}/crm`, port: own, came, close };
}

// Each run of the command is a process of its own.
describe("beaconry leads", { timeout: 60_000 }, () => {
  it("subscribes, lists, tests and unsubscribes, with the app's secret from the environment", async () => {
    const { at } = await connected();
    const { url, came } = await receiver();
    expect((await beaconry(["leads", "subscribe", "--callback", url, ...at])).stderr).toContain("TIKTOK_APP_SECRET");
    const made = await beaconryJson(["leads", "subscribe", "--callback", url, "--form", form, ...at], { env });
    expect(made).toMatchObject({ code: 0, json: { id: expect.stringMatching(/^\d{19}$/) } });
    const details = { accountId: "7000000000000000001", formId: form };
    expect((await beaconryJson(["leads", "subscriptions", ...at], { env })).json).toEqual({
      ...made.json,
      entity: "LEAD",
      callbackUrl: url,
      details,
    });
    const first = await beaconryJson(["leads", "test", "--form", form, ...at]);
    const second = await beaconryJson(["leads", "test", "--form", form, ...at]);
    expect(second.json.id).not.toBe(first.json.id);
    expect(sandbox.leads().map(({ id }) => id)).toEqual([second.json.id]);
    expect(came.length).toBeGreaterThan(0);
    // Readable: the token for a sandbox is no word of its answers.
    const unconnected = ["--config", join(makeFolder(), "none.json"), "--sandbox", sandbox.url];
    const subscribe = ["leads", "subscribe", "--callback", "https://shop.example/x", ...unconnected];
    expect((await beaconry(subscribe, { env })).stderr).toContain("the sandbox sends to this machine only");
    expect((await beaconry(["leads", "unsubscribe", made.json.id, ...at], { env })).code).toBe(0);
    expect((await beaconry(["leads", "subscriptions", ...at], { env })).stderr).toContain("There is no subscription.");
  });

  it("downloads a form's leads as a table, as JSON lines and into a file", async () => {
    const { folder, at } = await connected();
    const { id } = sandbox.submitLead({ answers });
    const args = ["leads", "download", "--form", form, ...at];
    const table = await beaconry(args);
    expect(table.code).toBe(0);
    expect(table.stdout).toContain(id);
    expect(table.stdout).toContain("ada@example.com");
    expect(table.stdout).not.toContain("\u001b");
    const forms = join(folder, "forms.json");
    writeFileSync(forms, JSON.stringify({ [form]: { fields: { Budget: { as: "budget" } } } }));
    expect((await beaconryJson([...args, "--forms", forms])).json).toMatchObject({
      id,
      user: { email: "ada@example.com", phone: "+491511234567" },
      fields: { budget: "9" },
    });
    const out = join(folder, "leads.jsonl");
    writeFileSync(out, "old", { mode: 0o644 });
    expect((await beaconry([...args, "--out", out])).stdout).toBe(`1 lead in ${out}\n`);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ id });
    writeFileSync(forms, JSON.stringify({ [form]: { fields: { Budget: "bugdet" } } }));
    expect(await beaconry([...args, "--forms", forms])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--forms: "Budget" of form'),
    });
    expect((await beaconry(["leads", "download", ...at])).code).toBe(2);
  });

  it("imports a file of the Leads Center, and counts rows that are no leads", async () => {
    const input = "Lead ID,Email\n71,a@example.com\n,b@example.com\n";
    const run = await beaconry(["leads", "import", "-", "--json"], { input });
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toEqual({
      id: "71",
      source: "INSTANT_FORM",
      user: { email: "a@example.com" },
      contact: {},
      fields: {},
    });
    expect(run.stderr).toContain("1 row without a lead's id");
    expect(await beaconry(["leads", "import", "-"], { input: "Number,Email\n" })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("stdin: no column has the leads' ids: name it with --id-column"),
    });
    expect(await beaconry(["leads", "import", "-", "--id-column", "No"], { input: "Number,Email\n" })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("there is no column No, which --id-column names"),
    });
    const named = await beaconry(["leads", "import", "-", "--id-column", "number"], {
      input: "Number,Email\n71,a@b.cd\n",
    });
    expect([named.code, named.stdout.includes("a@b.cd")]).toEqual([0, true]);
  });

  it("forwards, goes on where it was stopped, and sends no lead twice", async () => {
    const folder = makeFolder();
    const outbox = join(folder, "leads.db");
    const down = await receiver();
    down.close();
    const { url } = down;
    const args = ["leads", "forward", "--to", url, "--outbox", outbox];
    const file = join(folder, "leads.csv");
    writeFileSync(file, "lead_id,email\n71,a@example.com\n");
    expect(await beaconry([...args, file])).toMatchObject({ code: 2, stderr: expect.stringContaining("LEADS_SECRET") });
    const held = await beaconryJson([...args, file, "--wait", "1"], { env });
    expect(held).toMatchObject({ code: 1, json: { added: 1, delivered: 0, waiting: 1, dead: 0 } });
    const { came } = await receiver([200, 200, 422, 200], down.port);
    const on = await beaconryJson(args, { env });
    expect(on).toMatchObject({ code: 0, json: { added: 0, delivered: 1, waiting: 0 } });
    const [{ headers, body } = { headers: {} as Record<string, unknown>, body: "" }] = came;
    expect(isForwardedLead(String(headers["beaconry-signature"]), body, env.LEADS_SECRET)).toBe(true);

    writeFileSync(file, "lead_id,email\n71,a@example.com\n72,b@example.com\n73,c@example.com\n");
    const more = await beaconryJson([...args, file], { env });
    expect(more).toMatchObject({ code: 1, json: { added: 2, duplicates: 1, delivered: 1, dead: 1, waiting: 0 } });
    const again = await beaconryJson([...args, "--replay"], { env });
    expect(again).toMatchObject({ code: 0, json: { replayed: 1, delivered: 1, dead: 0 } });
    expect(came).toHaveLength(4);
  });

  it("forwards what --out wrote", async () => {
    const folder = makeFolder();
    const { url, came } = await receiver();
    const lines = join(folder, "leads.jsonl");
    await beaconry(["leads", "import", "-", "--out", lines], { input: "id,email\n71,a@example.com\n" });
    const args = ["leads", "forward", "--to", url, "--outbox", join(folder, "leads.db")];
    const done = await beaconry([...args, lines], { env: { ...env, LEADS_KEY: "a1".repeat(32) } });
    expect([done.code, done.stdout]).toEqual([0, "1 lead delivered, 0 waiting, 0 given up, 0 known before\n"]);
    expect(JSON.parse(came[0]?.body ?? "")).toMatchObject({ id: "71", user: { email: "a@example.com" } });
    writeFileSync(lines, '{"id":7}\n');
    expect(await beaconry([...args, lines], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("line 1 is no lead"),
    });
    const elsewhere = ["leads", "forward", "--to", "http://crm.example/", "--outbox", join(folder, "x.db")];
    expect(await beaconry(elsewhere, { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--to is a text that does not fit, accepted is an address with https:"),
    });
    const inFile = ["leads", "forward", "--to", url, "--outbox", join(lines, "folder", "leads.db")];
    expect(await beaconry(inFile, { env })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error: --outbox \S+leads\.db can not be made: ENOTDIR$/m),
    });
    expect(await beaconry(["leads", "forward", "--to", "crm.example"], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--to is no address, accepted is one such as https://crm.example/leads"),
    });
  });
});
