import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "../../packages/server/dist/sandbox.js";
import "../../packages/server/dist/vitest.js";
import { type RunningExample, run, settingsOf, startExample } from "./run-example.js";

let sandbox: Sandbox;
let example: RunningExample;
let pay: (...args: string[]) => Promise<string>;
beforeAll(async () => {
  sandbox = await createSandbox();
  const settings = { ...settingsOf(sandbox), STRIPE_WEBHOOK_SECRET: "whsec_test" };
  example = await startExample("backend-only", settings);
  pay = (...args) => run("backend-only", ["pay.ts", ...args], { ...settings, SHOP_URL: example.url });
});
beforeEach(() => sandbox.reset());
afterAll(async () => {
  await example.stop();
  await sandbox.close();
});

it("tells both vendors of a paid order once, though its webhook came twice", async () => {
  const id = /order (\S+):/.exec(await pay())?.[1];
  await expect(sandbox).toHaveReceived("Purchase", {
    vendor: "meta",
    id,
    times: 1,
    matchKeys: expect.arrayContaining([
      "client_ip_address",
      "client_user_agent",
      "country",
      "ct",
      "em",
      "fbp",
      "ph",
      "zp",
    ]),
    properties: { value: 21.97, currency: "EUR", order_id: id },
    payload: { event_source_url: `${example.url}/checkout` },
    warnings: [],
  });
  await expect(sandbox).toHaveReceived("Purchase", {
    vendor: "tiktok",
    id,
    times: 1,
    matchKeys: expect.arrayContaining(["email", "ip", "phone", "user_agent"]),
    properties: { value: 21.97, currency: "EUR", order_id: id },
    warnings: [],
  });
});

it.each([
  ["eur", 2_197, 21.97],
  ["jpy", 2_197, 2_197],
  ["kwd", 2_190, 2.19],
  ["huf", 219_700, 2_197],
  ["idr", 2_197_000, 21_970],
  ["isk", 219_700, 2_197],
])("reads what Stripe counts in %s", async (currency, amount_total, value) => {
  // By an address that the compiler does not follow: Stripe's types are installed with the example, and not here.
  const { toPurchase } = await import(new URL("../backend-only/purchase.ts", import.meta.url).href);
  const object = { payment_status: "paid", client_reference_id: "7", amount_total, currency };
  const event = { type: "checkout.session.completed", created: 1, data: { object } };
  expect(toPurchase(event)?.properties).toMatchObject({ currency: currency.toUpperCase(), value });
});

it("tells nobody of a customer who refused", async () => {
  expect(await pay("--refused")).toContain("answered 200");
  // Delivery is in order: had the refused one been sent, it would have come before this.
  await pay();
  await expect(sandbox).toHaveReceived("Purchase", { vendor: "meta", times: 1 });
  await expect(sandbox).toHaveReceived("Purchase", { vendor: "tiktok", times: 1 });
});

it.each(["", "t=1,v1=00"])("believes no webhook that is not Stripe's: %j", async (signature) => {
  const answer = await fetch(`${example.url}/webhooks/stripe`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Stripe-Signature": signature },
    body: "{}",
  });
  expect(answer.status).toBe(400);
  expect(sandbox.requests()).toEqual([]);
});

it("says nothing of what it can not read", async () => {
  const answer = await fetch(`${example.url}/orders`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: '{"email": ada@example.com',
  });
  expect(answer.status).toBe(400);
  expect(await answer.text()).not.toContain("ada");
  expect(example.output()).not.toContain("ada");
});
