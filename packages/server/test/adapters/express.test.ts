import express, { type Express, type RequestHandler } from "express";
import { describe, expect, it } from "vitest";
import type { Tracker } from "../../src/index.js";
import { collectHandler } from "../../src/node/index.js";
import { envelope, pixelEvent } from "../collector/batch.js";
import { behavesAsCollector, loopbackUrl, withShop } from "./collecting.js";

const shop = withShop();

async function listen(app: Express) {
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: loopbackUrl(server),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

function withCollector(tracker: Pick<Tracker, "answer">, ...before: RequestHandler[]): Express {
  const app = express();
  for (const handler of before) app.use(handler);
  app.all("/collect", collectHandler(tracker));
  return app;
}

behavesAsCollector("Express 5", shop, (tracker) => listen(withCollector(tracker)));

describe("Express 5", () => {
  const text = JSON.stringify(envelope(pixelEvent("grüße".replace(/\W/g, "_"), { properties: { query: "grüße" } })));

  it.each<[string, RequestHandler[]]>([
    ["JSON", [express.json()]],
    ["text", [express.text({ type: "*/*" })]],
    ["bytes", [express.raw({ type: "*/*" })]],
    ["every", [express.json(), express.text(), express.urlencoded(), express.raw()]],
  ])("takes what the %s parser has read", async (_, parsers) => {
    const server = await listen(withCollector(shop.tracker, ...parsers));
    for (const type of ["application/json", "text/plain;charset=UTF-8"]) {
      const response = await fetch(server.url, { method: "POST", body: text, headers: { "Content-Type": type } });
      expect([type, response.status, ((await response.json()) as { accepted: string[] }).accepted]).toEqual([
        type,
        202,
        ["gr__e"],
      ]);
    }
    await server.close();
  });

  it("keeps its own limit for a body that a parser has read", async () => {
    const server = await listen(withCollector(shop.tracker, express.json(), express.text()));
    for (const type of ["application/json", "text/plain"]) {
      const body = JSON.stringify({ events: ["x".repeat(20_001)] });
      expect((await fetch(server.url, { method: "POST", body, headers: { "Content-Type": type } })).status).toBe(413);
    }
    await server.close();
  });

  it("answers 400 to JSON that a parser has read and nobody can write again", async () => {
    const server = await listen(withCollector(shop.tracker, express.json()));
    const body = `{"events":${"[".repeat(9_000)}${"]".repeat(9_000)}}`;
    const response = await fetch(server.url, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    expect(response.status).toBe(400);
    await server.close();
  });

  it("is the same on a router that is mounted elsewhere", async () => {
    const seen: string[] = [];
    const answer: Tracker["answer"] = (request, info) => {
      seen.push(request.url);
      return shop.tracker.answer(request, info);
    };
    const router = express.Router().post("/events", collectHandler({ answer }));
    const server = await listen(express().use("/api", router));
    const url = server.url.replace("/collect", "/api/events?a=1");
    expect((await fetch(url, { method: "POST", body: text })).status).toBe(202);
    expect(seen).toEqual([url]);
    await server.close();
  });

  it("hands a fault of the server's own to Express", async () => {
    const app = withCollector({ answer: () => Promise.reject(new Error("disk is broken")) });
    app.use(((error, _request, response, _next) => {
      response.status(500).send(`seen: ${error.message}`);
    }) as express.ErrorRequestHandler);
    const server = await listen(app);
    const response = await fetch(server.url, { method: "POST", body: text });
    expect([response.status, await response.text()]).toEqual([500, "seen: disk is broken"]);
    await server.close();
  });

  it("says so when somebody has read the body and kept nothing", async () => {
    const app = withCollector(shop.tracker, (request, _response, next) => {
      request.resume().once("end", () => next());
    });
    app.use(((error, _request, response, _next) => {
      response.status(500).send(error.message);
    }) as express.ErrorRequestHandler);
    const server = await listen(app);
    const response = await fetch(server.url, { method: "POST", body: text });
    expect([response.status, await response.text()]).toEqual([
      500,
      expect.stringContaining("body has been read before"),
    ]);
    await server.close();
  });
});
