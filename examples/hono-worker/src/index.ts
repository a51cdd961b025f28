import { readConsent, type Tracker } from "@beaconry/server";
import { Hono } from "hono";
import { createWorkerTracker, type Env } from "./tracker.ts";

const app = new Hono<{ Bindings: Env; Variables: { tracker: Tracker; remoteAddress?: string } }>();

// A tracker for each request, since nothing outlives one: what it has taken is sent after the answer.
app.use(async (context, next) => {
  const tracker = createWorkerTracker(context.env);
  context.set("tracker", tracker);
  context.set("remoteAddress", context.req.header("cf-connecting-ip")); // set by Cloudflare, whatever a client sends
  await next();
  context.executionCtx.waitUntil(tracker.close());
});

app.all("/collect", (context) => {
  const { tracker, remoteAddress } = context.var;
  return tracker.collect(context.req.raw, { remoteAddress });
});

app.post("/orders", async (context) => {
  const { tracker, remoteAddress } = context.var;
  const { email, consent } = await context.req.json().catch(() => ({}));
  if (typeof email !== "string" || !email.includes("@")) return context.json({ error: "email is missing" }, 400);
  const id = crypto.randomUUID();
  const bound = tracker.fromRequest(context.req.raw, { remoteAddress, consent: readConsent(consent) });
  await bound
    .track("Purchase", { currency: "EUR", value: 9.99, orderId: id }, { id, user: { email } })
    // The sale goes on when it can not be tracked.
    .catch((error) => console.error("not tracked:", error.code));
  return context.json({ id }, 201);
});

export default app;
