import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CollectReply, Tracker, TrackerOptions } from "../../src/index.js";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { envelope, pixelEvent } from "../collector/batch.js";
import { createShopTracker } from "../shop.js";

/** The trackers and the sandbox of one test. */
export interface Shop {
  readonly tracker: Tracker;
  readonly sandbox: Sandbox;
}

/** Another tracker and sandbox for each test of the file. */
export function withShop(options: Partial<TrackerOptions> = {}): Shop {
  const shop = {} as { tracker: Tracker; sandbox: Sandbox };
  beforeEach(async () => {
    shop.sandbox = await createSandbox();
    shop.tracker = createShopTracker(shop.sandbox, {
      collector: {
        origins: ["https://shop.example"],
        maxBytes: 20_000,
        bodyTimeout: 300,
        cookies: { domain: "shop.example" },
      },
      ...options,
    });
  });
  afterEach(async () => {
    await shop.tracker.close();
    await shop.sandbox.close();
  });
  return shop;
}

/** A server that listens, and how it is closed. */
export interface Listening {
  readonly url: string;
  readonly close: () => unknown;
}

/** The address of a server that listens on loopback. */
export function loopbackUrl(server: { address(): AddressInfo | string | null }): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/collect`;
}

/** Sends bytes over a connection of its own and gives back all that comes, until it is closed or `until` is in it. */
export function overTheWire(url: string, parts: readonly (string | Uint8Array)[], until = /^\0/): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(Number(port), hostname, () => {
      for (const part of parts) socket.write(part);
    });
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (until.test(text)) done();
    });
    socket.on("close", done);
    socket.on("error", done);
  });
}

const page = { Origin: "https://shop.example", "User-Agent": "Mozilla/5.0 (test)" };
const asText = { ...page, "Content-Type": "text/plain;charset=UTF-8" };
const send = (url: string, body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(url, { method: "POST", body, headers: { ...asText, ...headers } });

/**
 * What a collector does over HTTP, whichever server it is in.
 * @param listen starts the server on loopback, with the collector at `/collect`
 */
export function behavesAsCollector(name: string, shop: Shop, listen: (tracker: Tracker) => Promise<Listening>): void {
  describe(name, () => {
    let server: Listening;
    beforeEach(async () => {
      server = await listen(shop.tracker);
    });
    afterEach(() => server.close());

    it.each(["text/plain;charset=UTF-8", "application/json"])(
      "takes %s, and the vendor gets the client's address and agent",
      async (type) => {
        const response = await send(server.url, JSON.stringify(envelope(pixelEvent("1"))), {
          "Content-Type": type,
          "X-Forwarded-For": "6.6.6.6, 168.212.226.204",
        });
        expect(response.status).toBe(202);
        expect(((await response.json()) as CollectReply).accepted).toEqual(["1"]);
        expect(response.headers.get("access-control-allow-origin")).toBe("https://shop.example");
        await shop.tracker.flush();
        const [meta] = shop.sandbox.events().filter(({ endpoint }) => endpoint === "meta.conversions");
        expect(meta?.payload).toMatchObject({
          event_id: "1",
          user_data: { client_ip_address: "168.212.226.204", client_user_agent: "Mozilla/5.0 (test)" },
        });
      },
    );

    it("answers a preflight, and refuses other methods, types, origins and JSON", async () => {
      const preflight = await fetch(server.url, {
        method: "OPTIONS",
        headers: { ...page, "Access-Control-Request-Method": "POST" },
      });
      expect([preflight.status, preflight.headers.get("access-control-allow-methods")]).toEqual([204, "POST"]);
      expect((await fetch(server.url, { headers: page })).status).toBe(405);
      expect((await fetch(server.url, { method: "HEAD", headers: page })).status).toBe(405);
      expect((await fetch(server.url, { method: "PUT", body: "{}", headers: asText })).status).toBe(405);
      expect((await send(server.url, "a=1", { "Content-Type": "application/x-www-form-urlencoded" })).status).toBe(415);
      expect((await send(server.url, "{}", { "Content-Encoding": "gzip" })).status).toBe(415);
      expect((await send(server.url, "{}", { Origin: "https://evil.example" })).status).toBe(403);
      expect((await send(server.url, "{")).status).toBe(400);
      expect((await send(server.url, "")).status).toBe(400);
    });

    it("answers 413 to a body that is too large, by its length and by what comes", async () => {
      expect((await send(server.url, "x".repeat(20_001))).status).toBe(413);
      const chunk = new Uint8Array(10_000).fill(0x20);
      let sent = 0;
      const endless = new ReadableStream({
        pull(controller) {
          sent += chunk.length;
          controller.enqueue(chunk);
        },
      });
      const response = await fetch(server.url, {
        method: "POST",
        body: endless,
        headers: asText,
        duplex: "half",
      } as RequestInit).catch(() => undefined);
      // The server may end the connection while the client still writes; what counts is that it reads no further.
      if (response) expect(response.status).toBe(413);
      expect(sent).toBeLessThan(100_000_000);
    });

    it("answers 503 with Retry-After once the tracker is closed", async () => {
      await shop.tracker.close();
      const response = await send(server.url, JSON.stringify(envelope(pixelEvent("1"))));
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "5"]);
    });
  });
}
