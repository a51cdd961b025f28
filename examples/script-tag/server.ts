import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { collectHandler } from "@beaconry/server/node";
import { tracker } from "./tracker.ts";

const collect = collectHandler(tracker);
const files: Record<string, { type: string; body: Buffer }> = {
  "/": { type: "text/html; charset=utf-8", body: readFileSync(new URL("public/index.html", import.meta.url)) },
  "/beaconry.global.js": {
    type: "text/javascript",
    body: readFileSync(new URL(import.meta.resolve("@beaconry/pixel/beaconry.global.js"))),
  },
};

const server = createServer((request, response) => {
  const [path = "/"] = (request.url ?? "/").split("?");
  if (path === "/collect") return collect(request, response);
  const file = files[path];
  if (!file) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": file.type }).end(file.body);
});

server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`Site: http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    server.close();
    await tracker.close({ timeout: 8_000 }); // what is still waiting goes out first
    process.exit();
  });
}
