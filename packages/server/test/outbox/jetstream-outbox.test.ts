import { describeOutbox, limitsFor, realTime } from "./contract.js";
import { describeNats } from "./nats.js";

describeNats("jetstreamOutbox on one server", { servers: 1 }, (nats) => {
  describeOutbox("jetstreamOutbox", () => nats.open(limitsFor(realTime)), realTime);
});
