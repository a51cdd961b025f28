import { describeOutbox, limitsFor, realTime } from "./contract.js";
import { describeNats } from "./nats.js";

describeNats("jetstreamOutbox on a cluster of three", { servers: 3 }, (nats) => {
  describeOutbox("jetstreamOutbox with 3 replicas", () => nats.open(limitsFor(realTime)), realTime);
});
