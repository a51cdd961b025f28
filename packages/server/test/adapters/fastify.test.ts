import fastify, { type FastifyInstance } from "fastify";
import { describe, expect, it } from "vitest";
import type { Tracker } from "../../src/index.js";
import { collectHandler, toRequest } from "../../src/node/index.js";
import { envelope, pixelEvent } from "../collector/batch.js";
import { behavesAsCollector, loopbackUrl, withShop } from "./collecting.js";

const shop = withShop();

async function listen(app: FastifyInstance) {
  await app.listen({ port: 0, host: "127.0.0.1" });
  return {
    url: loopbackUrl(app.server),
    close: () => {
      app.server.closeAllConnections();
      return app.close();
    },
  };
}

// Fastify's own parsers would read the body first, and refuse some of what the collector is to answer.
const collector = (tracker: Tracker) => async (scope: FastifyInstance) => {
  const handle = collectHandler(tracker);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
  scope.all("/collect", (request, reply) => {
    reply.hijack();
    return handle(request.raw, reply.raw);
  });
};

behavesAsCollector("Fastify 5", shop, (tracker) => {
  const app = fastify();
  app.register(collector(tracker));
  return listen(app);
});

describe("Fastify 5", () => {
  it("keeps its own parsers outside of the collector's scope", async () => {
    const app = fastify();
    app.register(collector(shop.tracker));
    app.post("/order", async (request) => request.body);
    const server = await listen(app);
    const body = JSON.stringify(envelope(pixelEvent("1")));
    const order = await fetch(server.url.replace("collect", "order"), {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json" },
    });
    expect(await order.text()).toBe(body);
    expect((await fetch(server.url, { method: "POST", body })).status).toBe(202);
    await server.close();
  });

  it("can leave the body to Fastify's parsers", async () => {
    const app = fastify();
    app.all("/collect", (request) => {
      const asked = toRequest(request.raw, { body: request.body });
      return asked
        ? shop.tracker.collect(asked, { remoteAddress: request.socket.remoteAddress })
        : new Response(null, { status: 400 });
    });
    const server = await listen(app);
    for (const type of ["application/json", "text/plain;charset=UTF-8"]) {
      const response = await fetch(server.url, {
        method: "POST",
        body: JSON.stringify(envelope(pixelEvent("1"))),
        headers: { "Content-Type": type, Origin: "https://shop.example" },
      });
      expect([response.status, ((await response.json()) as { accepted: string[] }).accepted]).toEqual([202, ["1"]]);
      expect(response.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    }
    const deep = `{"events":${"[".repeat(9_000)}${"]".repeat(9_000)}}`;
    const init = { method: "POST", body: deep, headers: { "Content-Type": "application/json" } };
    expect((await fetch(server.url, init)).status).toBe(400);
    await server.close();
  });
});
