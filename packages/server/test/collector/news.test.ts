import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isBot } from "../../src/bots.js";
import { memoryOutbox, type Tracker, type TrackerNews, type TrackerOptions } from "../../src/index.js";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { createShopTracker } from "../shop.js";
import { envelope, pixelEvent } from "./batch.js";

let sandbox: Sandbox;
let tracker: Tracker;
beforeEach(async () => {
  sandbox = await createSandbox();
  tracker = createShopTracker(sandbox, { collector: { isBot } });
});
afterEach(async () => {
  await tracker.close();
  await sandbox.close();
});

const post = (
  body: object,
  userAgent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
) =>
  tracker.collect(
    new Request("https://shop.example/collect", {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "text/plain", "User-Agent": userAgent },
    }),
  );

function listenTo<Kind extends keyof TrackerNews>(kind: Kind): TrackerNews[Kind][] {
  const heard: TrackerNews[Kind][] = [];
  tracker.on(kind, (news) => heard.push(news));
  return heard;
}

it("a collector reads the header that its tracker names, as far as its tracker trusts", async () => {
  await tracker.close();
  const ipOf = async (options: Partial<TrackerOptions>) => {
    const one = createShopTracker(sandbox, options);
    const request = new Request("https://shop.example/collect", {
      method: "POST",
      body: JSON.stringify(envelope(pixelEvent(crypto.randomUUID()))),
      headers: {
        "Content-Type": "text/plain",
        "User-Agent": "test",
        "X-Forwarded-For": "8.8.8.1",
        Forwarded: "for=8.8.8.2",
        "CF-Connecting-IP": "8.8.8.3",
      },
    });
    await one.collect(request, { remoteAddress: "9.9.9.9" });
    await one.close();
    return JSON.stringify(sandbox.events().at(-1)?.payload).match(/"(?:client_ip_address|ip)":"([^"]+)"/)?.[1];
  };
  const trustProxy = "9.9.9.0/24, loopback";
  expect(await ipOf({ trustProxy })).toBe("8.8.8.1");
  expect(await ipOf({ trustProxy, clientIpHeader: "Forwarded" })).toBe("8.8.8.2");
  expect(await ipOf({ trustProxy, clientIpHeader: "CF-Connecting-IP" })).toBe("8.8.8.3");
  expect(await ipOf({ clientIpHeader: "CF-Connecting-IP" })).toBe("9.9.9.9");
  expect(await ipOf({ trustProxy: false })).toBe("9.9.9.9");
  expect(await ipOf({ trustProxy: true })).toBe("8.8.8.1");
});

describe("what a tracker tells of its collector", () => {
  it("each event that a robot sent, as dropped at each destination that it was for", async () => {
    const dropped = listenTo("dropped");
    const app = pixelEvent("2", {
      context: { source: "app", app: { id: "a" }, device: { platform: "ios", osVersion: "18" } },
    });
    expect((await post(envelope(pixelEvent("1"), app), "Googlebot/2.1")).status).toBe(202);
    expect(dropped.map(({ destination, id, name, reason }) => [destination, id, name, reason])).toEqual([
      ["tiktok", "1", "Purchase", "bot"],
      ["meta", "1", "Purchase", "bot"],
      ["meta-app", "2", "Purchase", "bot"],
    ]);
    expect(await tracker.flush()).toMatchObject({ delivered: 0, dropped: 3, pending: 0 });
    expect(sandbox.requests()).toEqual([]);
  });

  it("what pages claimed, once for each batch and claim", async () => {
    const claimed = listenTo("claimed");
    const lying = (id: string) => pixelEvent(id, { context: { ...pixelEvent(id).context, ip: "6.6.6.6" } });
    await post(envelope(lying("1"), lying("2"), pixelEvent("3", { context: { source: "crm" } }), pixelEvent("4")));
    expect(claimed).toEqual([
      { claim: "context.ip", events: 2 },
      { claim: "context.source", events: 1 },
    ]);
  });

  it("no claim twice of a batch that comes again since it was not kept", async () => {
    await tracker.close();
    tracker = createShopTracker(sandbox, { outbox: memoryOutbox({ maxParcels: 1 }) });
    const claimed = listenTo("claimed");
    const lying = pixelEvent("1", { context: { ...pixelEvent("1").context, ip: "6.6.6.6" } });
    expect((await post(envelope(lying))).status).toBe(503);
    expect(claimed).toEqual([]);
  });
});

it("tells events that share an id apart: one that is not kept does not unsay another", async () => {
  const shared = pixelEvent("order-7");
  const refused = pixelEvent("order-7", { name: "Search", properties: {}, consent: {} });
  const malformed = pixelEvent("order-7", { name: "" });
  const response = await post(envelope(shared, refused, malformed));
  expect(await response.json()).toMatchObject({
    accepted: ["order-7"],
    rejected: [
      { id: "order-7", issues: [{ path: "name" }] },
      { id: "order-7", issues: [{ path: "consent.advertising" }] },
    ],
  });
  await tracker.flush();
  expect(sandbox.events().map(({ name, id }) => [name, id])).toEqual([
    ["Purchase", "order-7"],
    ["Purchase", "order-7"],
  ]);
});
