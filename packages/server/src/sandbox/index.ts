export type { Fault, FaultEndpoint } from "./faults.js";
export type { SandboxOptions } from "./options.js";
export type { ReceivedEvent, ReceivedRequest, SandboxEndpoint } from "./received.js";
export { createSandbox, type Sandbox } from "./sandbox.js";
