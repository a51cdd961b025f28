import type { Server } from "node:http";
import { serve } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { Hono } from "hono";
import { behavesAsCollector, loopbackUrl, withShop } from "./collecting.js";

const shop = withShop();

behavesAsCollector("Hono", shop, async (tracker) => {
  const app = new Hono();
  app.all("/collect", (context) =>
    tracker.collect(context.req.raw, { remoteAddress: getConnInfo(context).remote.address }),
  );
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
});
