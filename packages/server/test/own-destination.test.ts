import { describe, expect, it } from "vitest";
import { createTracker, type Destination } from "../src/index.js";

/** Of nobody whose tag runs in the page. */
function warehouse(): { destination: Destination; bodies: string[] } {
  const bodies: string[] = [];
  const destination: Destination = {
    name: "warehouse",
    maxBatch: 10,
    accepts: () => true,
    maxAge: () => 3_600_000,
    build: ({ name }) => ({ body: { group: "all", body: JSON.stringify(name) }, issues: [] }),
    request(_group, batch) {
      bodies.push(...batch);
      return { url: "http://127.0.0.1:9/", headers: {}, body: `[${batch.join(",")}]` };
    },
    verdict: () => ({ kind: "delivered" }),
  };
  return { destination, bodies };
}

const transport = async () => ({ status: 204, headers: new Headers(), body: "" });

describe("a destination of one's own", () => {
  it("gets page views that both vendors' tags have told of as well", async () => {
    const { destination, bodies } = warehouse();
    await using tracker = createTracker({ destinations: [destination], transport });
    const context = { source: "web", page: { url: "https://shop.example/" } };
    const said = { id: "1", name: "PageView", time: Date.now(), properties: {}, tags: ["tiktok", "meta"] };
    const envelope = { sentAt: Date.now(), events: [{ ...said, context, consent: { advertising: true } }] };
    const answer = await tracker.collect(
      new Request("https://shop.example/collect", {
        method: "POST",
        headers: { "Content-Type": "application/json", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)" },
        body: JSON.stringify(envelope),
      }),
    );
    expect([answer.status, await answer.json()]).toMatchObject([202, { accepted: ["1"] }]);
    await tracker.flush();
    expect(bodies).toEqual(['"PageView"']);
  });

  it.each(["accepts", "build", "maxAge", "request", "verdict"])("is refused without %s", (method) => {
    const { [method as "build"]: _, ...rest } = warehouse().destination;
    expect(() => createTracker({ destinations: [rest as Destination] })).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining(method) }),
    );
  });

  it.each([
    ["name", undefined],
    ["maxBatch", undefined],
    ["maxBatch", 0],
    ["maxBatch", 2.5],
    ["concurrency", 0],
    ["concurrency", Number.NaN],
  ])("is refused with a %s of %s, with which nothing would be delivered", (member, value) => {
    const { destination } = warehouse();
    expect(() => createTracker({ destinations: [{ ...destination, [member]: value }] })).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining(member) }),
    );
  });
});
