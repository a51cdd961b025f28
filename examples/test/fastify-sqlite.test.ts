import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import "../../packages/server/dist/vitest.js";
import { type Envelope, pageView } from "./envelope.js";
import { folderOf, type RunningExample, run, settingsOf, startExample, visitorAddress } from "./run-example.js";

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
});

it("takes a pixel's batch", async () => {
  const answer = await collect(pageView("page-1"));
  expect([answer.status, await answer.json()]).toEqual([
    202,
    expect.objectContaining({ accepted: ["page-1"], rejected: [] }),
  ]);
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

it.each([[{}], [{ email: 1 }], [{ email: "none" }], [[]]])("refuses an order without an address: %j", async (order) => {
  expect((await post("/orders", order)).status).toBe(400);
});

it("has what it took on the disk when it is killed while the vendors are down", async () => {
  sandbox.faults.add({ kind: "cut" });
  const allowed = await post("/orders", { email: "ada@example.com", consent: { advertising: true } });
  const refused = await post("/orders", { email: "ada@example.com", consent: { advertising: false } });
  expect([allowed.status, refused.status]).toEqual([201, 201]);
  await example.kill();
  expect(sandbox.events()).toEqual([]);
  const cli = join(inject("installed"), "node_modules/@beaconry/server/dist/cli.js");
  const args = ["outbox", "status", "--outbox", "test.db", "--json"];
  const status = JSON.parse(await run("fastify-sqlite", [cli, ...args], settingsOf(sandbox)));
  expect(status).toMatchObject({
    dead: 0,
    destinations: [
      { name: "meta", waiting: 1 },
      { name: "tiktok", waiting: 1 },
    ],
  });
  example = await start();
});
