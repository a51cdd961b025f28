import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Transport } from "../../src/index.js";
import { selfSigned } from "./self-signed.js";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A server that answers in its own way; gives its address. */
export async function serve(listener: RequestListener, create: () => Server = () => createServer(listener)) {
  const server = create().listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** What every transport does. */
export function describeTransport(name: string, create: (options: { timeout?: number }) => Transport): void {
  const send = (url: string, { timeout = 200, signal = new AbortController().signal, body = "{}" } = {}) =>
    create({ timeout })(
      { url, headers: { "Access-Token": "secret", "Content-Type": "application/json" }, body },
      signal,
    );

  describe(name, () => {
    it("POSTs the body and the headers as they are, once, and gives whatever is answered", async () => {
      const seen: unknown[] = [];
      const url = await serve(async (request, response) => {
        let body = "";
        for await (const chunk of request) body += chunk;
        const { headers } = request;
        seen.push([request.method, request.url, headers["access-token"], headers["content-type"], body]);
        response.writeHead(500, { "Retry-After": "7", "X-App-Usage": '{"call_count":1}' }).end("oh no, é");
      });
      const { status, headers, body } = await send(`${url}a/b/?c=d`, { body: '{"name":"Zoë"}' });
      expect([status, headers.get("retry-after"), headers.get("x-app-usage"), headers.get("x-none"), body]).toEqual([
        500,
        "7",
        '{"call_count":1}',
        null,
        "oh no, é",
      ]);
      expect(seen).toEqual([["POST", "/a/b/?c=d", "secret", "application/json", '{"name":"Zoë"}']]);
    });

    it.each([429, 503, 408])("does not repeat by itself after %i", async (status) => {
      let count = 0;
      const url = await serve((_, response) => {
        count++;
        response.writeHead(status, { "retry-after": "0" }).end();
      });
      expect((await send(url)).status).toBe(status);
      expect(count).toBe(1);
    });

    it("follows no redirect: the token goes nowhere else", async () => {
      let strangers = 0;
      const elsewhere = await serve((_, response) => {
        strangers++;
        response.end();
      });
      for (const status of [301, 302, 303, 307, 308]) {
        const url = await serve((_, response) => response.writeHead(status, { location: elsewhere }).end("moved"));
        await expect(send(url)).rejects.toThrow();
      }
      expect(strangers).toBe(0);
    });

    it.each<[string, RequestListener]>([
      ["no answer", () => undefined],
      ["an answer that never ends", (_, response) => void response.writeHead(200).write("{")],
      [
        "an answer of known length that never ends",
        (_, response) => void response.writeHead(200, { "content-length": "10" }).write("{"),
      ],
      [
        "an answer that drips",
        (_, response) => {
          const timer = setInterval(() => response.write(" "), 50);
          response.on("close", () => clearInterval(timer));
        },
      ],
    ])("gives %s up after its timeout", async (_, listener) => {
      const url = await serve(listener);
      await expect(send(url, { timeout: 150 })).rejects.toThrow();
    });

    it("takes a timeout that is longer than timers are", async () => {
      const url = await serve((_, response) => void setTimeout(() => response.end("{}"), 20));
      expect((await send(url, { timeout: 2 ** 32 })).status).toBe(200);
    });

    it("stops when it is told to, before and while the answer comes", async () => {
      let started = () => {};
      const under = new Promise<void>((resolve) => {
        started = resolve;
      });
      const url = await serve((_, response) => {
        response.writeHead(200).write("{");
        started();
      });
      const controller = new AbortController();
      const sent = send(url, { timeout: 5_000, signal: controller.signal });
      await under;
      controller.abort();
      await expect(sent).rejects.toThrow();
      await expect(send(url, { timeout: 5_000, signal: controller.signal })).rejects.toThrow();
    });

    it.each<[string, RequestListener]>([
      [
        "of known length that breaks off",
        (_, response) => {
          response.writeHead(200, { "content-length": "100" }).write("{");
          setTimeout(() => response.destroy(), 20);
        },
      ],
      [
        "in chunks that breaks off",
        (_, response) => {
          response.writeHead(200).write("{}");
          setTimeout(() => response.destroy(), 20);
        },
      ],
      ["that is none", (request) => void request.socket.destroy()],
    ])("rejects an answer %s", async (_, listener) => {
      await expect(send(await serve(listener), { timeout: 2_000 })).rejects.toThrow();
    });

    it("rejects where no server is", async () => {
      await expect(send("http://127.0.0.1:1/")).rejects.toThrow();
    });

    it("sends nothing to a server whose certificate is not trusted", async () => {
      let count = 0;
      const url = await serve(
        () => undefined,
        () => createTlsServer(selfSigned, () => count++),
      );
      await expect(send(url.replace("http:", "https:"), { timeout: 2_000 })).rejects.toThrow();
      expect(count).toBe(0);
    });

    it.each<[string, Record<string, string>]>([
      ["without a length", {}],
      ["of known length", { "content-length": String(8 * 1_048_576) }],
    ])("reads no more than a megabyte of an answer %s", async (_, headers) => {
      const url = await serve((_, response) => {
        response.writeHead(200, headers);
        const more = () => {
          while (response.write("x".repeat(65_536))) {}
        };
        response.on("drain", more).on("error", () => undefined);
        more();
      });
      const { body } = await send(url, { timeout: 5_000 });
      expect(body).toHaveLength(1_048_576);
    });

    it("has many requests under way at once", async () => {
      const url = await serve((_, response) => void setTimeout(() => response.end("{}"), 30));
      const transport = create({ timeout: 5_000 });
      const request = { url, headers: {}, body: "{}" };
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => transport(request, new AbortController().signal)),
      );
      expect(answers.map(({ body }) => body)).toEqual(Array(60).fill("{}"));
    });

    it("names a wrong option", () => {
      expect(() => create({ timeout: 0 })).toThrow(/timeout is a number that does not fit/);
      expect(() => create({ timeuot: 1 } as never)).toThrow(/timeuot is unknown/);
    });
  });
}
