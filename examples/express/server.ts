import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { readConsent } from "@beaconry/server";
import { collectHandler, fromNodeRequest } from "@beaconry/server/node";
import express, { type ErrorRequestHandler } from "express";
import { tracker } from "./tracker.ts";

const app = express();
const local = (path: string) => fileURLToPath(new URL(path, import.meta.url));

app.all("/collect", collectHandler(tracker));
app.use(express.static(local("public")));
app.get("/beaconry.global.js", (_request, response) => {
  response.sendFile(local(import.meta.resolve("@beaconry/pixel/beaconry.global.js")));
});

app.post("/orders", express.json(), async (request, response) => {
  const { email, consent } = request.body ?? {};
  if (typeof email !== "string" || !email.includes("@")) {
    response.status(400).json({ error: "email is missing" });
    return;
  }
  const id = randomUUID();
  const total = { currency: "EUR", value: 9.99 };
  // The page tracks it too, under the same id: vendors count one purchase. A blocked script or a closed tab loses none.
  await fromNodeRequest(tracker, request, { consent: readConsent(consent) })
    .track(
      "Purchase",
      { ...total, orderId: id, contentType: "product", contents: [{ id: "1234", price: 9.99, quantity: 1 }] },
      { id, user: { email } },
    )
    // The sale goes on when the outbox is full.
    .catch((error) => console.error("not tracked:", error.code));
  response.status(201).json({ id, ...total });
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
