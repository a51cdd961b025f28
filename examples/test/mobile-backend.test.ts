import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import "../../packages/server/dist/vitest.js";
import { type RunningExample, secrets, settingsOf, startExample, visitorAddress } from "./run-example.js";

let sandbox: Sandbox;
let example: RunningExample;
beforeAll(async () => {
  sandbox = await createSandbox();
  const app = { META_APP_ID: "2000000000002", META_APP_SECRET: secrets.app };
  example = await startExample("mobile-backend", { ...settingsOf(sandbox), ...app });
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await example.stop();
  await sandbox.close();
});

const send = (method: string, path: string, body: unknown) =>
  fetch(`${example.url}${path}`, {
    method,
    headers: { "Content-Type": "application/json", "X-Forwarded-For": visitorAddress },
    body: JSON.stringify(body),
  });
const installation = (id: string, consent: object) => ({
  id,
  appVersion: "7.7.1",
  device: { platform: "ios", osVersion: "18.2", advertisingId: "EA7583CD-A667-48BC-B806-42ECB2B48606" },
  consent,
});

it("tells Meta of an install once, of each start, and of a purchase", async () => {
  const body = installation("XZ-phone-1", { advertising: true, advertiserTracking: true, applicationTracking: true });
  await send("PUT", "/installation", body);
  await send("PUT", "/installation", body);
  const answer = await send("POST", "/orders", { installationId: "XZ-phone-1", email: "ada@example.com" });
  const { id } = await answer.json();
  const common = {
    endpoint: "meta.appEvents",
    flags: { advertiserTracking: 1, applicationTracking: 1 },
    forwardedFor: visitorAddress,
    warnings: [],
  } as const;
  await expect(sandbox).toHaveReceived("ActivateApp", { ...common, times: 2 });
  await expect(sandbox).toHaveReceived("MobileAppInstall", { ...common, times: 1 });
  await expect(sandbox).toHaveReceived("Purchase", {
    ...common,
    id,
    times: 1,
    matchKeys: expect.arrayContaining(["advertiser_id", "anon_id", "em"]),
    properties: { _valueToSum: 9.99, fb_currency: "EUR" },
  });
});

it("sends nothing of the person when the device does not allow tracking, and says so", async () => {
  const consent = { advertising: true, advertiserTracking: false, applicationTracking: true };
  await send("PUT", "/installation", installation("XZ-phone-2", consent));
  await send("POST", "/orders", { installationId: "XZ-phone-2", email: "ada@example.com" });
  await expect(sandbox).toHaveReceived("Purchase", {
    flags: { advertiserTracking: 0, applicationTracking: 1 },
    times: 1,
  });
  await expect(sandbox).toHaveReceived("ActivateApp", { times: 1 });
  await expect(sandbox).toHaveReceived("MobileAppInstall", { times: 1 });
  const keys = sandbox.events().flatMap(({ matchKeys }) => matchKeys);
  expect(keys).not.toContain("em");
  expect(keys).not.toContain("advertiser_id");
});

it("tells nobody of a person who refused", async () => {
  await send("PUT", "/installation", installation("XZ-phone-3", { advertising: false }));
  const refused = await send("POST", "/orders", { installationId: "XZ-phone-3", email: "ada@example.com" });
  expect(refused.status).toBe(201);
  await send("PUT", "/installation", installation("XZ-phone-4", { advertising: true }));
  await expect(sandbox).toHaveReceived("ActivateApp", { times: 1 });
  await expect(sandbox).toHaveReceived("MobileAppInstall", { times: 1 });
  expect(JSON.stringify(sandbox.requests())).not.toContain("XZ-phone-3");
});

it.each([{}, { id: "x" }, { ...installation("XZ-phone-5", {}), device: { platform: "tv", osVersion: "1" } }])(
  "refuses an installation of another form: %j",
  async (body) => {
    expect((await send("PUT", "/installation", body)).status).toBe(400);
    expect(sandbox.requests()).toEqual([]);
  },
);
