import { createServer, request as httpRequest } from "node:http";
import { connect as connectHttp2, constants, createServer as createHttp2 } from "node:http2";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { Tracker } from "../../src/index.js";
import { collectHandler } from "../../src/node/index.js";
import { envelope, pixelEvent } from "../collector/batch.js";
import { behavesAsCollector, loopbackUrl, overTheWire, withShop } from "./collecting.js";

const shop = withShop();

async function listen(tracker: Pick<Tracker, "answer">) {
  const server = createServer(collectHandler(tracker));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: loopbackUrl(server),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

behavesAsCollector("node:http", shop, listen);

const body = JSON.stringify(envelope(pixelEvent("1")));
const head = (...lines: string[]) =>
  `${["POST /collect HTTP/1.1", "Host: shop.example", "Content-Type: text/plain", ...lines].join("\r\n")}\r\n\r\n`;

describe("collectHandler on the wire", () => {
  it("writes a status, a length, a type and each cookie on a line of its own", async () => {
    await using server = closing(await listen(shop.tracker));
    const text = await overTheWire(server.url, [
      head(
        "Origin: https://shop.example",
        `Content-Length: ${body.length}`,
        "X-Forwarded-Proto: https",
        "Connection: close",
      ),
      body,
    ]);
    const [headers = "", answer = ""] = text.split("\r\n\r\n");
    expect(headers).toMatch(/^HTTP\/1\.1 202 Accepted\r\n/);
    expect(headers.toLowerCase()).toContain(`content-length: ${answer.length}\r\n`);
    expect(headers.toLowerCase()).toContain("content-type: application/json");
    expect(headers.toLowerCase()).toContain("cache-control: no-store");
    expect(headers.match(/^set-cookie: .*$/gim)).toEqual([
      "set-cookie: _fbp=fb.1.1558571054389.1098115397; Max-Age=7776000; Path=/; Domain=shop.example; SameSite=Lax; Secure",
      "set-cookie: ttclid=E.C.P.AbC; Max-Age=2592000; Path=/; Domain=shop.example; SameSite=Lax; Secure",
    ]);
    expect(JSON.parse(answer).accepted).toEqual(["1"]);
  });

  it("answers 413 to a client that goes on sending, and ends the connection a second later", async () => {
    await using server = closing(await listen(shop.tracker));
    const started = performance.now();
    const chunk = `2710\r\n${" ".repeat(10_000)}\r\n`;
    const text = await overTheWire(server.url, [head("Transfer-Encoding: chunked"), chunk, chunk, chunk]);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(500);
    expect(took).toBeLessThan(3_000);
  });

  it("answers 408 to a body that does not come, and ends the connection", async () => {
    await using server = closing(await listen(shop.tracker));
    const text = await overTheWire(server.url, [head("Content-Length: 1000"), '{"sentAt":']);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  });

  it("keeps a connection for the next request after a refusal", async () => {
    await using server = closing(await listen(shop.tracker));
    const large = " ".repeat(30_000);
    const text = await overTheWire(
      server.url,
      [head(`Content-Length: ${large.length}`), large, head(`Content-Length: ${body.length}`), body],
      /"accepted":\["1"\]/,
    );
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toMatch(/HTTP\/1\.1 202 Accepted/);
  });

  it.each(["a b", "[::1", "x@y", "a/b", "a?b", "\u00ff", ""])("answers a 4xx to the host %j", async (host) => {
    await using server = closing(await listen(shop.tracker));
    const bytes = Buffer.from(
      `POST /collect HTTP/1.1\r\nHost: ${host}\r\nContent-Type: text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      "latin1",
    );
    expect(await overTheWire(server.url, [bytes])).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it.each(["//evil.example/collect", "http://evil.example/collect", "/%zz", "/\\\\evil", "*", "/collect?a=\u00ff"])(
    "answers the path %j",
    async (path) => {
      await using server = closing(await listen(shop.tracker));
      const bytes = Buffer.from(
        `OPTIONS ${path} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n`,
        "latin1",
      );
      expect(await overTheWire(server.url, [bytes])).toMatch(/^HTTP\/1\.1 (204|4\d\d) /);
    },
  );

  it("answers no byte in a header with a fault of the server's own", async () => {
    await using server = closing(await listen(shop.tracker));
    const send = (header: Uint8Array) =>
      overTheWire(server.url, [
        Buffer.concat([
          Buffer.from("POST /collect HTTP/1.1\r\nHost: shop.example\r\nContent-Type: text/plain\r\n"),
          header,
          Buffer.from("\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        ]),
      ]);
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    const answers = await Promise.all(
      bytes.flatMap((byte) => [
        send(Buffer.from([...Buffer.from("User-Agent: a"), byte, 0x62])),
        send(Buffer.from([...Buffer.from("X-a"), byte, ...Buffer.from("b: c")])),
      ]),
    );
    for (const text of answers) expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it.each([
    ["/collect?a=1", "http://shop.example/collect?a=1"],
    ["//evil.example/collect", "http://shop.example//evil.example/collect"],
    ["http://evil.example/collect?a=1", "http://shop.example/collect?a=1"],
    ["*", "http://shop.example/"],
  ])("has for the path %s the address %s", async (path, url) => {
    await using server = closing(
      await listen({ answer: async ({ url }) => ({ status: 200, headers: {}, cookies: [], body: url }) }),
    );
    const text = await overTheWire(server.url, [
      `OPTIONS ${path} HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n`,
    ]);
    expect(text.split("\r\n\r\n")[1]).toBe(url);
  });

  it("says no length where there is no body (RFC 9110, section 8.6)", async () => {
    await using server = closing(await listen(shop.tracker));
    const text = await overTheWire(server.url, [
      "OPTIONS /collect HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n",
    ]);
    expect(text).toMatch(/^HTTP\/1\.1 204 /);
    expect(text).not.toMatch(/content-length|transfer-encoding/i);
  });

  it("writes nothing where something was written already", async () => {
    const server = createServer(async (request, response) => {
      response.end("before");
      await collectHandler(shop.tracker)(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    expect(await (await fetch(loopbackUrl(server))).text()).toBe("before");
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("answers TRACE 405, which Fetch does not know", async () => {
    await using server = closing(await listen(shop.tracker));
    expect(
      await overTheWire(server.url, ["TRACE /collect HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n"]),
    ).toMatch(/^HTTP\/1\.1 405 /);
  });

  it("takes nothing of a client that goes away, and goes on", async () => {
    await using server = closing(await listen(shop.tracker));
    const { hostname, port } = new URL(server.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`${head(`Content-Length: ${body.length}`)}${body.slice(0, 40)}`);
        setTimeout(() => socket.resetAndDestroy(), 30);
      });
      socket.on("close", () => resolve());
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await shop.tracker.flush()).delivered).toBe(0);
    expect((await fetch(server.url, { method: "POST", body, headers: { "Content-Type": "text/plain" } })).status).toBe(
      202,
    );
  });

  it("joins several X-Forwarded-For headers", async () => {
    await using server = closing(await listen(shop.tracker));
    await overTheWire(server.url, [
      head(
        "X-Forwarded-For: 6.6.6.6",
        "X-Forwarded-For: 168.212.226.204",
        "User-Agent: test",
        `Content-Length: ${body.length}`,
        "Connection: close",
      ),
      body,
    ]);
    await shop.tracker.flush();
    expect(JSON.stringify(shop.sandbox.events())).toContain("168.212.226.204");
    expect(JSON.stringify(shop.sandbox.events())).not.toContain("6.6.6.6");
  });

  it("answers 500 to a fault of the server's own and does not end the process", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    await using server = closing(await listen({ answer: () => Promise.reject(new Error("disk is broken")) }));
    expect((await fetch(server.url, { method: "POST", body })).status).toBe(500);
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off("warning", onWarning);
    expect(warnings.map(({ message }) => message)).toEqual(["disk is broken"]);
  });

  it("says 100 Continue to a client that waits for it", async () => {
    await using server = closing(await listen(shop.tracker));
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest(
        server.url,
        { method: "POST", headers: { Expect: "100-continue", "Content-Type": "text/plain" } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.on("continue", () => request.end(body));
      request.on("error", reject);
      request.flushHeaders();
    });
    expect(status).toBe(202);
  });

  it("works on HTTP/2", async () => {
    const server = createHttp2(collectHandler(shop.tracker));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const session = connectHttp2(loopbackUrl(server).replace("/collect", ""));
    const stream = session.request({
      ":method": "POST",
      ":path": "/collect",
      "content-type": "text/plain",
      origin: "https://shop.example",
    });
    const answered = new Promise<string>((resolve) => {
      let text = "";
      stream.on("response", (headers) => {
        text += `${headers[":status"]} `;
      });
      stream.on("data", (chunk) => {
        text += chunk;
      });
      stream.on("end", () => resolve(text));
    });
    stream.end(body);
    expect(await answered).toMatch(/^202 .*"accepted":\["1"\]/);
    session.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("outlives a stream of HTTP/2 that breaks off, whether its body was read or not", async () => {
    const server = createHttp2(collectHandler(shop.tracker));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const session = connectHttp2(loopbackUrl(server).replace("/collect", ""));
    for (const type of ["text/plain", "text/html"]) {
      const stream = session.request({ ":method": "POST", ":path": "/collect", "content-type": type });
      stream.on("error", () => {}).resume();
      stream.write(body.slice(0, 40));
      await new Promise((resolve) => setTimeout(resolve, 20));
      const closed = new Promise((resolve) => stream.once("close", resolve));
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      await closed;
    }
    const stream = session.request({ ":method": "GET", ":path": "/collect" });
    stream.resume();
    const status = await new Promise((resolve) => stream.on("response", (headers) => resolve(headers[":status"])));
    expect(status).toBe(405);
    session.close();
    await new Promise((resolve) => server.close(resolve));
  });
});

function closing<Server extends { close(): unknown }>(server: Server): Server & AsyncDisposable {
  return Object.assign(server, {
    async [Symbol.asyncDispose]() {
      await server.close();
    },
  });
}
