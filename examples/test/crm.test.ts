import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import "../../packages/server/dist/vitest.js";
import { type RunningExample, run, settingsOf, startExample } from "./run-example.js";

let sandbox: Sandbox;
let example: RunningExample;
let stage: (...args: string[]) => Promise<string>;
beforeAll(async () => {
  sandbox = await createSandbox();
  const crm = { TIKTOK_CRM_EVENT_SET_ID: "7000000000000000002", CRM_SECRET: "crm-secret", OUTBOX: "test.db" };
  const settings = { ...settingsOf(sandbox), ...crm };
  example = await startExample("crm", settings);
  stage = (...args) => run("crm", ["stage.ts", ...args], { ...settings, CRM_URL: example.url });
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await example.stop();
  await sandbox.close();
});

it.each([
  ["new", "Lead", {}],
  ["contacted", "Contact", {}],
  ["appointment", "Schedule", {}],
  ["won", "Purchase", { value: 1200, currency: "EUR" }],
])("tells both vendors that a lead is %s", async (name, event, properties) => {
  expect(await stage(name)).toContain("204");
  await expect(sandbox).toHaveReceived(event, {
    vendor: "tiktok",
    sourceId: "7000000000000000002",
    outcome: "counted",
    times: 1,
    matchKeys: expect.arrayContaining(["email"]),
    payload: { lead: { lead_id: "7000000000000000003", lead_event_source: "ExampleCRM" } },
    properties,
  });
  await expect(sandbox).toHaveReceived(event, {
    vendor: "meta",
    outcome: "counted",
    times: 1,
    matchKeys: expect.arrayContaining(["em", "lead_id"]),
    payload: { action_source: "system_generated" },
    properties: { ...properties, lead_event_source: "ExampleCRM" },
  });
});

it("tells nobody of other stages, and of people who refused", async () => {
  expect(await stage("lost")).toContain("204");
  expect(await stage("won", "--refused")).toContain("204");
  await stage("contacted");
  await expect(sandbox).toHaveReceived("Contact", { vendor: "tiktok", times: 1 });
  await expect(sandbox).toHaveReceived("Contact", { vendor: "meta", times: 1 });
  expect(sandbox.events()).toHaveLength(2);
});

it.each(["", "00", "zz".repeat(32), "00".repeat(32)])("believes no other signature: %j", async (signature) => {
  const answer = await fetch(`${example.url}/webhooks/crm`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Signature": signature },
    body: "{}",
  });
  expect(answer.status).toBe(401);
});

const lead = { allowsAdvertising: true };
it.each([
  {},
  { id: "1", time: 1, stage: "new" },
  { id: "a b", time: 1, stage: "new", lead },
  { id: "1", time: 1, stage: "won", lead },
])("refuses a webhook of another form, though it is signed: %j", async (change) => {
  const body = JSON.stringify(change);
  const signature = createHmac("sha256", "crm-secret").update(body).digest("hex");
  const answer = await fetch(`${example.url}/webhooks/crm`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Signature": signature },
    body,
  });
  expect(answer.status).toBe(400);
  expect(sandbox.requests()).toEqual([]);
});
