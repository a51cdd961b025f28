import { describe, expect, it } from "vitest";
import type { CollectReply, Tracker } from "../../src/index.js";
import { envelope, pixelEvent } from "../collector/batch.js";
import { createShopTracker } from "../shop.js";
import { withShop } from "./collecting.js";

// Behind one proxy, which is known by its distance: neither platform shows the socket.
const shop = withShop({ trustProxy: 1 });

const headers = {
  "Content-Type": "text/plain;charset=UTF-8",
  Origin: "https://shop.example",
  "User-Agent": "Mozilla/5.0 (test)",
};
const init = (more: Record<string, string> = {}) => ({
  method: "POST",
  body: JSON.stringify(envelope(pixelEvent("1"))),
  headers: { ...headers, ...more },
});
const address = () => (shop.sandbox.events()[0]?.payload as { user?: { ip?: string }; user_data?: object }) ?? {};

describe("a Next route handler", () => {
  /** What Next passes: a request with more to it, the class of which apps do not see. */
  class NextRequest extends Request {
    readonly nextUrl = new URL(this.url);
    readonly cookies = new Map();
  }
  /** `app/collect/route.ts` */
  const route = (tracker: Tracker) => ({
    POST: (request: Request) => tracker.collect(request),
    OPTIONS: (request: Request) => tracker.collect(request),
  });

  it("takes a batch", async () => {
    const request = new NextRequest(
      "https://shop.example/collect",
      init({ "X-Forwarded-For": "6.6.6.6, 168.212.226.204" }),
    );
    const response = await route(shop.tracker).POST(request);
    expect([response.status, ((await response.json()) as CollectReply).accepted]).toEqual([202, ["1"]]);
    await shop.tracker.flush();
    expect(JSON.stringify(address())).toContain("168.212.226.204");
    expect(JSON.stringify(address())).not.toContain("6.6.6.6");
  });

  it("answers a preflight, which Next would answer without CORS", async () => {
    const request = new NextRequest("https://shop.example/collect", {
      method: "OPTIONS",
      headers: { Origin: "https://shop.example" },
    });
    const response = await route(shop.tracker).OPTIONS(request);
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "https://shop.example",
    ]);
  });
});

describe("a Workers-style fetch handler", () => {
  interface Env {
    readonly ORIGIN: string;
  }
  interface ExecutionContext {
    waitUntil(promise: Promise<unknown>): void;
  }
  // The platform's own header: nobody else can reach a worker, so it stands for the socket.
  const worker = {
    async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
      const tracker = createShopTracker(shop.sandbox, { collector: { origins: [env.ORIGIN] } });
      const remoteAddress = request.headers.get("cf-connecting-ip") ?? undefined;
      const response = await tracker.collect(request, { remoteAddress });
      context.waitUntil(tracker.close());
      return response;
    },
  };

  it("takes a batch, and delivers it after the answer", async () => {
    const waiting: Promise<unknown>[] = [];
    const request = new Request(
      "https://collect.example/",
      init({ "CF-Connecting-IP": "2a01:e0a:1b2:c3d0::7", "X-Forwarded-For": "6.6.6.6" }),
    );
    const response = await worker.fetch(
      request,
      { ORIGIN: "https://shop.example" },
      { waitUntil: (promise) => waiting.push(promise) },
    );
    expect(response.status).toBe(202);
    await Promise.all(waiting);
    expect(shop.sandbox.events()).toHaveLength(2);
    expect(JSON.stringify(address())).toContain("2a01:e0a:1b2:c3d0::7");
    expect(JSON.stringify(address())).not.toContain("6.6.6.6");
  });
});
