import { createTracker, metaConversions, tiktokEvents } from "@beaconry/server";
import { createSandbox } from "@beaconry/server/sandbox";
import { afterAll, afterEach, expect, it } from "vitest";
import "@beaconry/server/vitest";

// What the readme shows, run.

const sandbox = await createSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const trackerAt = (baseUrl: string) =>
  createTracker({
    destinations: [
      tiktokEvents({ pixelCode: "C0FFEEC0FFEEC0FFEE00", accessToken: "any", baseUrl }),
      metaConversions({ datasetId: "1234567890", accessToken: "any", baseUrl }),
    ],
  });
const tracker = trackerAt(sandbox.url);
afterAll(() => tracker.close());

const buy = (id: string, shop = tracker) =>
  shop.track(
    "Purchase",
    { currency: "EUR", value: 21.97 },
    {
      id,
      consent: { advertising: true },
      user: { email: "grace@example.com" },
      context: {
        source: "web",
        page: { url: "https://shop.example/thanks" },
        ip: "168.212.226.204",
        userAgent: "Mozilla/5.0",
      },
    },
  );

it("tells both vendors of a purchase, once", async () => {
  await buy("order-7");
  await expect(sandbox).toHaveReceived("Purchase", {
    vendor: "meta",
    id: "order-7",
    matchKeys: expect.arrayContaining(["em"]),
    properties: { value: 21.97, currency: "EUR" },
  });
  await expect(sandbox).toHaveReceived("Purchase", { vendor: "tiktok", outcome: "counted", times: 1 });
  await expect(sandbox).not.toHaveReceived("Lead");
});

it("has faults", async () => {
  await using sandbox = await createSandbox({ seed: 7 });
  sandbox.faults.add({ kind: "latency", delay: [5, 80] });
  sandbox.faults.add({ kind: "serverError", probability: 0.05 });
  const limit = sandbox.faults.add({ kind: "rateLimit", endpoint: "tiktok.events", count: 2 });
  sandbox.faults.remove(limit);
  await using shop = trackerAt(sandbox.url);
  await buy("order-7", shop);
  await expect(sandbox).toHaveReceived("Purchase", { times: 2 });
  expect(sandbox.faults.list()).toMatchObject([{ fault: { kind: "latency" } }, { fault: { kind: "serverError" } }]);
});

it("listens to other languages", async () => {
  const send = (method: string, path: string, body?: unknown) =>
    fetch(`${sandbox.url}/_sandbox/${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  const added = await send("POST", "faults", { kind: "cut", endpoint: "tiktok.events", count: 3 });
  const { id } = (await added.json()) as { id: string };
  const state = await (await send("GET", "state")).json();
  expect([added.status, state]).toMatchObject([201, { url: sandbox.url, events: 0, requests: 0, faults: [{ id }] }]);
  const statuses = [await send("DELETE", `faults/${id}`), await send("DELETE", "faults"), await send("POST", "reset")];
  expect(statuses.map(({ status }) => status)).toEqual([204, 204, 204]);
});
