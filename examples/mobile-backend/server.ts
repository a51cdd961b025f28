import { randomUUID } from "node:crypto";
import type { EventName, PropertiesOf, UserData } from "@beaconry/server";
import { fromNodeRequest } from "@beaconry/server/node";
import fastify, { type FastifyRequest } from "fastify";
import { type Installation, installationSchema, type Order, orderSchema } from "./schemas.ts";
import { tracker } from "./tracker.ts";

/** Stands for your database. */
const installations = new Map<string, Installation>();

const app = fastify();

// The app says so at each start, and whenever a choice has changed.
app.put<{ Body: Installation }>("/installation", { schema: { body: installationSchema } }, async (request, reply) => {
  const isNew = !installations.has(request.body.id);
  installations.set(request.body.id, request.body);
  if (isNew) await track(request, request.body, "MobileAppInstall", {});
  await track(request, request.body, "ActivateApp", {});
  return reply.code(204).send();
});

app.post<{ Body: Order }>("/orders", { schema: { body: orderSchema } }, async (request, reply) => {
  const installation = installations.get(request.body.installationId);
  if (!installation) return reply.code(404).send({ error: "no such installation" });
  const id = randomUUID();
  await track(
    request,
    installation,
    "Purchase",
    { currency: "EUR", value: 9.99, contentType: "product", contents: [{ id: "1234", price: 9.99, quantity: 1 }] },
    { id, user: { email: request.body.email } },
  );
  return reply.code(201).send({ id });
});

/** Tracks an event of an installation. The app's answer does not wait for Meta, and does not fail when the outbox is full. */
async function track<Name extends EventName>(
  { raw }: FastifyRequest,
  { id: anonId, appVersion, device, consent }: Installation,
  name: Name,
  properties: PropertiesOf<Name>,
  options: { id?: string; user?: UserData } = {},
): Promise<void> {
  const { ip, userAgent } = fromNodeRequest(tracker, raw).context;
  const app = { id: "com.example.knit", version: appVersion };
  const context = { source: "app", app, device: { ...device, anonId }, ip, userAgent } as const;
  await tracker
    .track(name, properties, { context, consent, ...options })
    .catch((error) => console.error("not tracked:", error.code));
}

app.addHook("onClose", async () => {
  await tracker.close({ timeout: 8_000 }); // what is still waiting goes out first
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await app.close();
    process.exit();
  });
}

console.log(`Backend: ${await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" })}`);
