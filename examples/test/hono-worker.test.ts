import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, inject, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import "../../packages/server/dist/vitest.js";
import { pageView } from "./envelope.js";
import { type RunningExample, secrets, settingsOf, startExample, visitorAddress } from "./run-example.js";

let sandbox: Sandbox;
let worker: RunningExample;
beforeAll(async () => {
  sandbox = await createSandbox();
  const wrangler = join(inject("installed"), "node_modules/wrangler/bin/wrangler.js");
  const settings = settingsOf(sandbox);
  const vars = Object.entries(settings).flatMap(([name, value]) =>
    /^(META|TIKTOK)_/.test(name) ? ["--var", `${name}:${value}`] : [],
  );
  const env = {
    ...settings,
    CI: "1",
    // It asks nobody outside for anything.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
  };
  worker = await startExample("hono-worker", env, [wrangler, "dev", "--ip", "127.0.0.1", "--port", "0", ...vars]);
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await worker.stop(143); // wrangler's own code for a SIGTERM
  await sandbox.close();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${worker.url}${path}`, {
    method: "POST",
    headers: { "CF-Connecting-IP": visitorAddress, "User-Agent": "Mozilla/5.0 Firefox/140.0", ...headers },
    body: JSON.stringify(body),
  });

it("takes a pixel's batch, and delivers it after the answer", async () => {
  const answer = await post("/collect", pageView("page-1"), { Origin: "https://shop.example" });
  expect([answer.status, await answer.json()]).toEqual([
    202,
    expect.objectContaining({ accepted: ["page-1"], rejected: [] }),
  ]);
  for (const vendor of ["tiktok", "meta"] as const) {
    await expect(sandbox).toHaveReceived("PageView", { vendor, id: "page-1", outcome: "counted", times: 1 });
  }
});

it("takes nothing from other sites' pages", async () => {
  expect((await post("/collect", pageView("page-2"), { Origin: "https://evil.example" })).status).toBe(403);
  expect(sandbox.requests()).toEqual([]);
});

it("tells both vendors of an order, if the customer agreed", async () => {
  await post("/orders", { email: "ada@example.com", consent: { advertising: false } });
  const answer = await post("/orders", { email: "ada@example.com", consent: { advertising: true } });
  const { id } = await answer.json();
  await expect(sandbox).toHaveReceived("Purchase", {
    vendor: "meta",
    id,
    matchKeys: expect.arrayContaining(["client_ip_address", "client_user_agent", "em"]),
  });
  await expect(sandbox).toHaveReceived("Purchase", {
    vendor: "tiktok",
    id,
    matchKeys: expect.arrayContaining(["email", "ip", "user_agent"]),
  });
  await expect(sandbox).toHaveReceived("Purchase", { times: 2 });
});

it("refuses an order without an address, and says nothing of its secrets", async () => {
  const answer = await post("/orders", { email: 1 });
  expect(answer.status).toBe(400);
  const text = await answer.text();
  for (const secret of Object.values(secrets)) expect(text).not.toContain(secret);
});
