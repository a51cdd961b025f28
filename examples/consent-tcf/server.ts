import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { collectHandler } from "@beaconry/server/node";
import express from "express";
import { tracker } from "./tracker.ts";

const app = express();
app.all("/collect", collectHandler(tracker));
app.use(express.static(fileURLToPath(new URL("dist", import.meta.url))));

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
