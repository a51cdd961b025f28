import { createHmac, timingSafeEqual } from "node:crypto";
import fastify from "fastify";
import { type StageChange, stageChangeSchema, stages } from "./stages.ts";
import { tracker } from "./tracker.ts";

const { CRM_SECRET = "" } = process.env;
if (!CRM_SECRET) throw new Error("CRM_SECRET is not set");

const app = fastify();

// The signature is over the bytes as they came.
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
  const expected = createHmac("sha256", CRM_SECRET).update(body).digest();
  const given = Buffer.from(String(request.headers["x-signature"]), "hex");
  const isGenuine = given.length === expected.length && timingSafeEqual(given, expected);
  if (!isGenuine) return done(Object.assign(new Error("the signature is wrong"), { statusCode: 401 }));
  try {
    done(null, JSON.parse(String(body)));
  } catch {
    done(Object.assign(new Error("no JSON"), { statusCode: 400 }));
  }
});

app.post<{ Body: StageChange }>("/webhooks/crm", { schema: { body: stageChangeSchema } }, async ({ body }, reply) => {
  const { id, time, stage, lead, amount } = body;
  const name = stages[stage];
  if (!name) return reply.code(204).send();
  try {
    await tracker.track(name, amount === undefined ? {} : { currency: "EUR", value: amount }, {
      id,
      time,
      user: { email: lead.email, phone: lead.phone },
      context: { source: "crm", lead: { tiktok: lead.tiktokLeadId, meta: lead.metaLeadId, crm: "ExampleCRM" } },
      consent: { advertising: lead.allowsAdvertising },
    });
    return reply.code(204).send();
  } catch (error) {
    console.error("not tracked:", (error as { code?: string }).code);
    return reply.code(503).send({ error: "try again" }); // the CRM sends it again
  }
});

app.addHook("onClose", async () => {
  await tracker.close({ timeout: 8_000 }); // what can not be sent by then stays in the file
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    await app.close();
    process.exit();
  });
}

console.log(`Webhooks: ${await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" })}`);
