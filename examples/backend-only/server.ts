import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type RequestTracker, readConsent } from "@beaconry/server";
import { fromNodeRequest } from "@beaconry/server/node";
import express, { type ErrorRequestHandler } from "express";
import { Stripe } from "stripe";
import { toPurchase } from "./purchase.ts";
import { tracker } from "./tracker.ts";

const { STRIPE_WEBHOOK_SECRET = "" } = process.env;
if (!STRIPE_WEBHOOK_SECRET) throw new Error("STRIPE_WEBHOOK_SECRET is not set");

/** Stands for your database: what the visitor's own request said, kept until the payment is there. */
const orders = new Map<string, Pick<RequestTracker, "context" | "consent">>();

const app = express();

// The visitor is here: page, address, user agent and click ids are in this request, and in no webhook.
app.post("/orders", express.json(), (request, response) => {
  const consent = readConsent(request.body?.consent); // the page sends what the visitor chose
  const { context, consent: allowed } = fromNodeRequest(tracker, request, { consent });
  const id = randomUUID();
  orders.set(id, { context, consent: allowed });
  response.status(201).json({ id }); // goes to Stripe as the checkout session's client_reference_id
});

app.post("/webhooks/stripe", express.raw({ type: "application/json" }), async (request, response) => {
  let event: ReturnType<typeof Stripe.webhooks.constructEvent>;
  try {
    event = Stripe.webhooks.constructEvent(
      request.body,
      request.headers["stripe-signature"] ?? "",
      STRIPE_WEBHOOK_SECRET,
    );
  } catch {
    response.sendStatus(400); // not from Stripe
    return;
  }
  const purchase = toPurchase(event);
  const order = purchase && orders.get(purchase.orderId);
  if (purchase && order) {
    try {
      // Stripe may send a webhook more than once: the order's id makes it one event.
      const { orderId, properties, user, time } = purchase;
      await tracker.track("Purchase", properties, { ...order, id: orderId, user, time });
    } catch (error) {
      console.error("not tracked:", (error as { code?: string }).code);
      response.sendStatus(503); // Stripe sends it again
      return;
    }
  }
  response.sendStatus(200);
});

// Express' own handler would print the error, and with it a part of what was sent.
app.use(((error, _request, response, _next) => {
  response.status(error.status ?? 500).json({ error: "not understood" });
}) satisfies ErrorRequestHandler);

const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`Shop: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    server.close();
    await tracker.close({ timeout: 8_000 }); // what is still waiting goes out first
    process.exit();
  });
}
