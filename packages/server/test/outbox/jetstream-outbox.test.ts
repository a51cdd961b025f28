import { vi } from "vitest";
import { describeOutbox, limitsFor, realTime } from "./contract.js";
import { describeMovableOutbox } from "./movable-contract.js";
import { describeNats } from "./nats.js";

// The tests wait, mostly.
vi.setConfig({ maxConcurrency: 8 });

describeNats("jetstreamOutbox on one server", { servers: 1 }, (nats) => {
  const open = () => nats.open(limitsFor(realTime));
  describeOutbox("jetstreamOutbox", open, realTime);
  describeMovableOutbox("jetstreamOutbox", open, realTime);
});
