import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { kyTransport } from "../src/index.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers in its own way; gives its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const send = (url: string, timeout = 200, signal = new AbortController().signal) =>
  kyTransport({ timeout })(
    { url, headers: { "Access-Token": "secret", "Content-Type": "application/json" }, body: "{}" },
    signal,
  );

describe("kyTransport", () => {
  it("sends the body and the headers as they are, once, and gives whatever is answered", async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      seen.push([request.method, request.headers["access-token"], request.headers["content-type"]]);
      response.writeHead(500, { "retry-after": "7" }).end("oh no");
    });
    const { status, headers, body } = await send(url);
    expect([status, headers.get("retry-after"), body]).toEqual([500, "7", "oh no"]);
    expect(seen).toEqual([["POST", "secret", "application/json"]]);
  });

  it("follows no redirect: the token goes nowhere else", async () => {
    let strangers = 0;
    const elsewhere = await serve((_, response) => {
      strangers++;
      response.end();
    });
    for (const status of [301, 302, 307, 308]) {
      const url = await serve((_, response) => response.writeHead(status, { location: elsewhere }).end());
      await expect(send(url)).rejects.toThrow();
    }
    expect(strangers).toBe(0);
  });

  it.each<[string, RequestListener]>([
    ["no answer", () => undefined],
    ["an answer that never ends", (_, response) => void response.writeHead(200).write("{")],
    [
      "an answer that drips",
      (_, response) => {
        const timer = setInterval(() => response.write(" "), 50);
        response.on("close", () => clearInterval(timer));
      },
    ],
  ])("gives %s up after its timeout", async (_, listener) => {
    const url = await serve(listener);
    const before = performance.now();
    await expect(send(url, 150)).rejects.toThrow();
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it("stops when it is told to", async () => {
    const url = await serve(() => undefined);
    const controller = new AbortController();
    const sent = send(url, 5_000, controller.signal);
    controller.abort();
    await expect(sent).rejects.toThrow();
  });

  it("rejects an answer that breaks off, and a server that is not there", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("{");
      setTimeout(() => response.destroy(), 20);
    });
    await expect(send(url)).rejects.toThrow();
    await expect(send("http://127.0.0.1:1/")).rejects.toThrow();
  });

  it("reads no more than a megabyte", async () => {
    const url = await serve((_, response) => {
      const more = () => {
        while (response.write("x".repeat(65_536))) {}
      };
      response.on("drain", more);
      more();
    });
    const { body } = await send(url, 5_000);
    expect(body).toHaveLength(1_048_576);
  });

  it("names a wrong option", () => {
    expect(() => kyTransport({ timeout: 0 })).toThrow(/kyTransport: timeout is a number that does not fit/);
  });
});
