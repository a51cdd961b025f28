import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { collectHandler } from "@beaconry/server/node";
import { tracker } from "./tracker.ts";

const collect = collectHandler(tracker);
const server = createServer((request, response) => {
  if (request.url === "/collect") return collect(request, response);
  response.writeHead(404).end();
});

server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`Collector: http://127.0.0.1:${(server.address() as AddressInfo).port}/collect`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    server.close();
    await tracker.close({ timeout: 8_000 }); // what is still waiting goes out first
    process.exit();
  });
}
