import { beforeAll, vi } from "vitest";
import type { Outbox } from "../../src/index.js";
import { describeOutbox, limitsFor, realTime } from "./contract.js";
import { describeNats } from "./nats.js";

// The tests wait, mostly.
vi.setConfig({ maxConcurrency: 8 });

describeNats("jetstreamOutbox on a cluster of three", { servers: 3 }, (nats) => {
  const limits = limitsFor(realTime);
  let ready: Outbox[] = [];
  beforeAll(async () => {
    ready = await nats.openReady(26, limits);
  }, 120_000);
  describeOutbox(
    "jetstreamOutbox with 3 replicas",
    () => ready.pop() ?? nats.open({ timeout: 60_000, ...limits }),
    realTime,
  );
});
