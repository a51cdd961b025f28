import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import "../../packages/server/dist/vitest.js";
import { folderOf, type RunningExample, settingsOf, startExample } from "./run-example.js";

let sandbox: Sandbox;
let example: RunningExample;
beforeAll(async () => {
  sandbox = await createSandbox();
  example = await startExample("curl", settingsOf(sandbox));
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await example.stop();
  await sandbox.close();
});

async function send(...args: string[]) {
  const { stdout } = await promisify(execFile)("sh", ["send.sh", `${example.url}/collect`, ...args], {
    cwd: folderOf("curl"),
  });
  const [body = "", status] = stdout.trim().split("\n");
  return { status, body: JSON.parse(body) };
}

/** What the script needs is on nearly every machine, but not on all. */
const isRunnable = ["curl", "openssl"].every((command) => spawnSync(command, ["--version"]).error === undefined);

it.skipIf(!isRunnable)("brings an event to both vendors, once however often it is sent", async () => {
  const answer = { status: "202", body: { accepted: ["order-7"], rejected: [], issues: [] } };
  expect(await send("order-7")).toEqual(answer);
  expect(await send("order-7")).toEqual(answer);
  const common = { id: "order-7", times: 1, properties: { value: 21.97, currency: "EUR" } } as const;
  // Hashes as `printf %s VALUE | sha256sum` has them.
  const email = "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72";
  await expect(sandbox).toHaveReceived("Purchase", {
    ...common,
    vendor: "meta",
    matchKeys: expect.arrayContaining(["client_ip_address", "client_user_agent", "em", "ph"]),
    payload: { user_data: expect.objectContaining({ em: email, client_ip_address: "168.212.226.204" }) },
  });
  await expect(sandbox).toHaveReceived("Purchase", {
    ...common,
    vendor: "tiktok",
    matchKeys: expect.arrayContaining(["email", "ip", "phone", "user_agent"]),
    payload: { user: expect.objectContaining({ email }) },
  });
});

it.skipIf(!isRunnable)("tells nobody of a person who refused, and says so", async () => {
  const { status, body } = await send("order-8", "false");
  expect(status).toBe("202");
  expect(JSON.stringify(body)).toContain("consent");
  await send("order-9");
  await expect(sandbox).toHaveReceived("Purchase", { vendor: "meta", id: "order-9" });
  await expect(sandbox).toHaveReceived("Purchase", { vendor: "tiktok", id: "order-9" });
  expect(sandbox.events().map(({ id }) => id)).not.toContain("order-8");
});
