import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import "../../packages/server/dist/vitest.js";
import { type Envelope, pageView } from "./envelope.ts";
import { folderOf, type RunningExample, settingsOf, startExample, visitorAddress } from "./run-example.ts";

let sandbox: Sandbox;
let example: RunningExample;
const start = () =>
  startExample("fastify-sqlite", { ...settingsOf(sandbox), OUTBOX: join(folderOf("fastify-sqlite"), "test.db") });
const post = (path: string, body: unknown, type = "application/json") =>
  fetch(`${example.url}${path}`, {
    method: "POST",
    headers: { "Content-Type": type, "X-Forwarded-For": visitorAddress, "User-Agent": "Mozilla/5.0 Firefox/140.0" },
    body: JSON.stringify(body),
  });
const collect = (envelope: Envelope) => post("/collect", envelope, "text/plain");

beforeAll(async () => {
  sandbox = await createSandbox();
  example = await start();
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await example.stop();
  await sandbox.close();
  rmSync(folderOf("fastify-sqlite"), { recursive: true });
});

it("takes a pixel's batch", async () => {
  const answer = await collect(pageView("page-1"));
  expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ accepted: 1, rejected: [] })]);
  for (const vendor of ["tiktok", "meta"] as const) {
    await expect(sandbox).toHaveReceived("PageView", { vendor, outcome: "counted", times: 1 });
  }
});

it("tells both vendors of an order", async () => {
  const answer = await post("/orders", { email: "ada@example.com", consent: { advertising: true } });
  const { id } = await answer.json();
  await expect(sandbox).toHaveReceived("Purchase", {
    vendor: "meta",
    id,
    times: 1,
    matchKeys: expect.arrayContaining(["client_ip_address", "client_user_agent", "em"]),
  });
  await expect(sandbox).toHaveReceived("Purchase", {
    vendor: "tiktok",
    id,
    times: 1,
    matchKeys: expect.arrayContaining(["email", "ip", "user_agent"]),
  });
});

it.each([{}, { email: 1 }, { email: "none" }, []])("refuses an order without an address: %j", async (order) => {
  expect((await post("/orders", order)).status).toBe(400);
});

it("loses no order when it is killed while the vendors are down", async () => {
  const fault = sandbox.faults.add({ kind: "cut" });
  const allowed = await post("/orders", { email: "ada@example.com", consent: { advertising: true } });
  const refused = await post("/orders", { email: "ada@example.com", consent: { advertising: false } });
  expect([allowed.status, refused.status]).toEqual([201, 201]);
  await example.kill();
  expect(sandbox.events()).toEqual([]);

  sandbox.faults.remove(fault);
  example = await start();
  const { id } = await allowed.json();
  // A parcel that was under way comes back when its lease is over; the two of this order had failed before.
  for (const vendor of ["tiktok", "meta"] as const) {
    await expect(sandbox).toHaveReceived("Purchase", { vendor, id, times: 1, timeout: 20_000 });
  }
  const status = await (await fetch(`${example.url}/status`)).json();
  expect(sandbox.events().filter(({ name }) => name === "Purchase")).toHaveLength(2);
  expect(JSON.stringify(status)).not.toContain("ada");
});
