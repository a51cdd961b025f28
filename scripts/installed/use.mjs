// What somebody does who has installed the packages: everything is imported, one purchase goes to both vendors.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setImmediate } from "node:timers/promises";

const busyAtFirst = process.getActiveResourcesInfo();
const names = ["core", "pixel", "server"].flatMap((name) => {
  const file = new URL(`node_modules/@beaconry/${name}/package.json`, import.meta.url);
  const { exports } = JSON.parse(readFileSync(file, "utf8"));
  return Object.entries(exports)
    .filter(([, target]) => typeof target === "object")
    .map(([entry]) => `@beaconry/${name}${entry.slice(1)}`);
});
for (const name of names) {
  // Its matcher is vitest's, which is for tests only.
  if (name === "@beaconry/server/vitest") continue;
  assert.ok(Object.keys(await import(name)).length > 0, `${name} exports something`);
}
assert.equal(
  createRequire(import.meta.url)("@beaconry/core").createEvent,
  (await import("@beaconry/core")).createEvent,
);
await setImmediate();
assert.deepEqual(process.getActiveResourcesInfo(), busyAtFirst, "an import starts nothing");

const { createPixel } = await import("@beaconry/pixel");
const pixel = createPixel({ endpoint: "https://shop.example/collect" });
pixel.consent({ advertising: true });
pixel.track("PageView");

const { createTracker, memoryOutbox, metaConversions, tiktokEvents } = await import("@beaconry/server");
const { createSandbox } = await import("@beaconry/server/sandbox");
const { sqliteOutbox } = await import("@beaconry/server/sqlite");
const { undiciTransport } = await import("@beaconry/server/undici");

const purchase = {
  id: "order-7",
  consent: { advertising: true },
  user: { email: "ada@example.com" },
  context: { source: "web", page: { url: "https://shop.example/thanks" }, userAgent: "Mozilla/5.0", ip: "203.0.114.9" },
};
for (const parts of [
  { outbox: memoryOutbox() },
  { outbox: sqliteOutbox({ path: `outbox-${process.pid}.db` }), transport: undiciTransport() },
]) {
  const sandbox = await createSandbox();
  const tracker = createTracker({
    ...parts,
    destinations: [
      tiktokEvents({ pixelCode: "C0DEMO00000000000000", accessToken: "any", baseUrl: sandbox.url }),
      metaConversions({ datasetId: "1000000000001", accessToken: "any", baseUrl: sandbox.url }),
    ],
  });
  const { issues } = await tracker.track("Purchase", { currency: "EUR", value: 21.97 }, purchase);
  assert.deepEqual(issues, []);
  await tracker.flush();
  const received = sandbox.events().map(({ vendor, name, id, outcome }) => `${vendor} ${name} ${id} ${outcome}`);
  assert.deepEqual(received.sort(), ["meta Purchase order-7 counted", "tiktok Purchase order-7 counted"]);
  await tracker.close();
  await parts.transport?.close?.();
  await sandbox.close();
}
console.log(`${names.length} entries`);
