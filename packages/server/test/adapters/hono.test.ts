import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
import { expect, it } from "vitest";
import type { Tracker } from "../../src/index.js";
import { behavesAsCollector, loopbackUrl, overTheWire, withShop } from "./collecting.js";

const shop = withShop();

async function listen(tracker: Tracker) {
  const app = new Hono();
  app.all("/collect", (context) =>
    tracker.collect(context.req.raw, { remoteAddress: getConnInfo(context).remote.address }),
  );
  app.post("/order", (context) => context.json(tracker.fromRequest(context.req.raw).context));
  const server = await new Promise<Server>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started as Server));
  });
  return {
    url: loopbackUrl(server),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

behavesAsCollector("Hono", shop, listen);

it.each(["/collect", "/order"])("Hono: a host that is none is the client's fault, at %s too", async (path) => {
  const server = await listen(shop.tracker);
  const text = await overTheWire(server.url, [
    `POST ${path} HTTP/1.1\r\nHost: 1.2.3.4.5\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`,
  ]);
  expect(text).toMatch(
    path === "/collect" ? /^HTTP\/1\.1 400 / : /^HTTP\/1\.1 200 (.|\s)*"url":"http:\/\/localhost\/"/,
  );
  await server.close();
});
