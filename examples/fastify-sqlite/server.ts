import { randomUUID } from "node:crypto";
import { readConsent } from "@beaconry/server";
import { collectHandler, fromNodeRequest } from "@beaconry/server/node";
import fastify from "fastify";
import { tracker } from "./tracker.ts";

const app = fastify();

// In a scope of its own, where the body is left to the collector.
app.register(async (scope) => {
  const collect = collectHandler(tracker);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
  scope.all("/collect", (request, reply) => {
    reply.hijack();
    return collect(request.raw, reply.raw);
  });
});

const orderSchema = {
  type: "object",
  required: ["email"],
  properties: { email: { type: "string", maxLength: 320, pattern: "@" }, consent: {} },
} as const;

app.post<{ Body: { email: string; consent?: unknown } }>(
  "/orders",
  { schema: { body: orderSchema } },
  async ({ raw, body }, reply) => {
    const id = randomUUID();
    const bound = fromNodeRequest(tracker, raw, { consent: readConsent(body.consent) });
    await bound
      .track("Purchase", { currency: "EUR", value: 9.99, orderId: id }, { id, user: { email: body.email } })
      // The sale goes on when the outbox is full.
      .catch((error) => console.error("not tracked:", error.code));
    return reply.code(201).send({ id });
  },
);

// What waits, since when, and what holds it: for your monitoring, not for the public.
app.get("/status", () => tracker.status());

app.addHook("onClose", async () => {
  await tracker.close({ timeout: 8_000 }); // what can not be sent by then stays in the file
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await app.close();
    process.exit();
  });
}

console.log(`Shop: ${await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" })}`);
