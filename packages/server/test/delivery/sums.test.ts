import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { seeded } from "../../drill/seeded.mjs";
import { createTracker, memoryOutbox, type Verdict } from "../../src/index.js";
import { sqliteOutbox } from "../../src/sqlite/index.js";
import { delivered, stubDestination, stubTransport, track, until } from "./stub.js";

it.each([
  [1, "memory"],
  [2, "memory"],
  [3, "memory"],
  [4, "memory"],
  [5, "disk"],
  [6, "disk"],
])(
  "whatever happens, every event ends once, delivered or dead; seed %i, outbox in %s",
  async (seed, kind) => {
    const random = seeded(seed);
    const { transport } = stubTransport(async (ids) => {
      await new Promise((resolve) => setTimeout(resolve, random() * 4));
      if (ids.some((id) => Number(id) % 97 === 0)) return { kind: "refused", detail: "poison" };
      const dice = random();
      const verdicts: [number, Verdict][] = [
        [0.1, { kind: "retry", detail: "server fault" }],
        [0.15, { kind: "pause", detail: "limit", for: 3 }],
        [0.2, { kind: "delivered", slowDown: 2 }],
        [0.23, { kind: "retry", detail: "busy", after: 4 }],
      ];
      return verdicts.find(([below]) => dice < below)?.[1] ?? delivered;
    });
    // One settlement in 40 fails; its parcels come back at the end of their lease.
    const folder = await mkdtemp(join(tmpdir(), "beaconry-sums-"));
    const lease = 30;
    const outbox = kind === "disk" ? sqliteOutbox({ path: join(folder, "outbox.db"), lease }) : memoryOutbox({ lease });
    const tracker = createTracker({
      destinations: ["a", "b"].map((name) => stubDestination(name, { maxBatch: 20 })),
      transport: async (request, signal) => {
        if (random() < 0.05) throw new TypeError("connection lost");
        return transport(request, signal);
      },
      outbox: {
        ...outbox,
        settle: async (settlements) => {
          if (random() < 0.025) throw new Error("disk");
          await outbox.settle(settlements);
        },
      },
      backoff: { base: 1, cap: 4 },
      maxAttempts: 25,
      random,
    });
    const ends = new Map<string, string[]>();
    for (const kind of ["delivered", "dead"] as const) {
      tracker.on(kind, ({ destination, id }) => {
        const key = `${destination} ${id}`;
        ends.set(key, [...(ends.get(key) ?? []), kind]);
      });
    }
    for (let id = 1; id <= 300; id++) {
      await track(tracker, String(id));
      if (id % 60 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await until(async () => (await tracker.flush({ timeout: 100 })).pending === 0, 15_000);
    expect(await tracker.flush()).toMatchObject({ delivered: 594, dead: 6, dropped: 0, pending: 0 });
    expect(ends.size).toBe(600);
    for (const [key, kinds] of ends) {
      expect([key, kinds]).toEqual([key, [Number(key.split(" ")[1]) % 97 === 0 ? "dead" : "delivered"]]);
    }
    await tracker.close();
    await rm(folder, { recursive: true });
  },
  20_000,
);
