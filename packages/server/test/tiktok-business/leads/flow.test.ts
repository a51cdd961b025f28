import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createTracker, metaConversions, tiktokEvents } from "@beaconry/server";
import { createSandbox, type Sandbox } from "@beaconry/server/sandbox";
import { isForwardedLead, leadProgress, type MappedLead, tiktokBusiness } from "@beaconry/server/tiktok-business";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { receiver, until } from "./web.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const secretPath = "/leads/0123456789abcdef0123456789";
const answers = (at: number) => ({ name: "Zoë Li", email: `p${at}@example.com`, phone_number: "+491511234567" });

/** Starts the shop in a process of its own. */
async function startShop(port: number, outbox: string, target: string) {
  const args = ["--import", path("../../threads-in-typescript.mjs"), path("./lead-shop.ts")];
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [
    ...args,
    String(port),
    outbox,
    target,
    secretPath,
  ]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const kill = async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return { port: Number(String(line).trim()), kill };
}

/** A port at which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

const crmTracker = () =>
  createTracker({
    destinations: [
      tiktokEvents({ accessToken: "token", crmEventSetId: "7900000000000000001", baseUrl: sandbox.url }),
      metaConversions({
        accessToken: "token",
        datasetId: "123456789012345",
        version: "v24.0",
        baseUrl: sandbox.url,
      }),
    ],
  });

describe("a lead", () => {
  it("reaches the CRM though it was down and the shop was killed, and comes back to TikTok as a CRM event", async () => {
    const folder = mkdtempSync(join(tmpdir(), "beaconry-leads-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const outbox = join(folder, "leads.db");
    const crmPort = await freePort();
    const crm = `http://127.0.0.1:${crmPort}/leads`;
    const first = await startShop(0, outbox, crm);
    const accountId = "7000000000000000001";
    const client = tiktokBusiness({
      accessToken: "token",
      app: { id: "700", secret: "app-secret-7" },
      baseUrl: sandbox.url,
    });
    await client.subscriptions.subscribe({ callbackUrl: `http://127.0.0.1:${first.port}${secretPath}`, accountId });

    // The CRM is down: the shop takes the leads all the same.
    const sent = Array.from({ length: 20 }, (_, at) => sandbox.submitLead({ answers: answers(at) }).id);
    await until(() => sandbox.leads().every(({ deliveries }) => deliveries[0]?.state === "delivered"));
    await first.kill();
    // The shop is down as well: TikTok keeps on trying.
    for (let at = 20; at < 30; at++) sent.push(sandbox.submitLead({ answers: answers(at) }).id);
    await until(() =>
      sandbox
        .leads()
        .slice(20)
        .every(({ deliveries }) => (deliveries[0]?.attempts ?? 0) > 1),
    );
    await startShop(first.port, outbox, crm);
    const { came } = await receiver([503, 200], crmPort);
    const ids = () => new Set(came.slice(1).map(({ headers }) => headers["idempotency-key"]));
    await until(() => ids().size === sent.length);
    expect([...ids()].sort()).toEqual([...sent].sort());
    for (const { headers, body } of came) {
      expect(isForwardedLead(headers["beaconry-signature"] as string, body, "forward-secret-1234")).toBe(true);
    }

    const received: MappedLead = JSON.parse(came.at(-1)?.body ?? "");
    expect(received).toMatchObject({ contact: { name: "Zoë Li" }, user: { phone: "+491511234567" } });
    const tracker = crmTracker();
    const progress = leadProgress({ tracker, crm: "HubSpot" });
    const consent = { advertising: true };
    await progress.track(received, "Schedule", {}, { consent });
    expect((await progress.track(received, "Schedule", {}, { consent })).duplicate).toContain("tiktok");
    await tracker.close();
    const event = sandbox.events().find(({ vendor }) => vendor === "tiktok");
    expect(event).toMatchObject({
      name: "Schedule",
      id: `${received.id}-Schedule`,
      sourceId: "7900000000000000001",
      data: { lead: { lead_id: received.id, lead_event_source: "HubSpot" } },
      matchKeys: ["email", "phone"],
    });
    expect(JSON.stringify(sandbox.events())).not.toContain("example.com");
  }, 30_000);

  it("of Meta's comes back to Meta, by its id alone", async () => {
    const tracker = crmTracker();
    const progress = leadProgress({ tracker, crm: "HubSpot" });
    const lead = { id: "1234567890123456", vendor: "meta" as const };
    const result = await progress.track(lead, "Contact", {}, { consent: { advertising: true } });
    expect(result).toMatchObject({ queued: ["meta"], dropped: [{ destination: "tiktok", reason: "invalid" }] });
    await tracker.close();
    expect(sandbox.events()).toHaveLength(1);
    expect(sandbox.events()[0]).toMatchObject({
      vendor: "meta",
      name: "Contact",
      data: {
        action_source: "system_generated",
        user_data: { lead_id: lead.id },
        custom_data: { lead_event_source: "HubSpot" },
      },
    });
  });

  it("of somebody who refused stays where it is", async () => {
    const tracker = crmTracker();
    const progress = leadProgress({ tracker, crm: "HubSpot" });
    const result = await progress.track({ id: "71" }, "Schedule", {}, { consent: { advertising: false } });
    expect(result.dropped.map(({ reason }) => reason)).toEqual(["consent", "consent"]);
    await tracker.close();
    expect(sandbox.events()).toEqual([]);
  });
});

describe("the sandbox's leads", () => {
  it("are handed in over HTTP as well, and signed with the app's secret", async () => {
    const { url, came } = await receiver([500, 503, 200]);
    const client = tiktokBusiness({ accessToken: "t", app: { id: "7", secret: "s" }, baseUrl: sandbox.url });
    await client.subscriptions.subscribe({ callbackUrl: url, accountId: "7000000000000000001" });
    const headers = { "content-type": "application/json" };
    const post = (body: object) =>
      fetch(`${sandbox.url}/_sandbox/leads`, { method: "POST", headers, body: JSON.stringify(body) });
    expect((await post({ answers: { email: "ada@example.com" } })).status).toBe(201);
    expect((await post({ answers: { email: 7 } })).status).toBe(400);
    expect((await post({ formId: "1", answers: {} })).status).toBe(400);
    await until(() => sandbox.leads()[0]?.deliveries[0]?.state === "delivered");
    const listed = await (await fetch(`${sandbox.url}/_sandbox/leads`)).json();
    expect(listed.leads).toEqual(sandbox.leads());
    expect(sandbox.leads()[0]).toMatchObject({ deliveries: [{ callbackUrl: url, attempts: 3, status: 200 }] });
    expect(came).toHaveLength(3);
    expect(JSON.parse(came[0]?.body ?? "")).toMatchObject({ object: 1, entry: [{ page_name: "Newsletter" }] });
  });

  it("go to this machine only", async () => {
    const client = tiktokBusiness({ accessToken: "t", app: { id: "7", secret: "s" }, baseUrl: sandbox.url });
    const subscription = { callbackUrl: "https://shop.example/leads", accountId: "7000000000000000001" };
    await expect(client.subscriptions.subscribe(subscription)).rejects.toMatchObject({ code: 40002 });
  });
});
