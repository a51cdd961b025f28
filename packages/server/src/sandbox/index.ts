export type {
  ActiveFault,
  Fault,
  FaultKind,
  FaultScope,
  Faults,
  MetaLimitCode,
  TikTokLimitCode,
} from "./faults/fault.js";
export type { SandboxOptions } from "./options.js";
export type { ReceivedEvent, ReceivedRequest, SandboxEndpoint } from "./received.js";
export { createSandbox, type Sandbox } from "./sandbox.js";
export type { SandboxAudience } from "./tiktok-business/audiences/audience.js";
export type { SandboxDelivery, SandboxLead } from "./tiktok-business/leads/lead.js";
export type { NewSandboxLead } from "./tiktok-business/leads/lead-routes.js";
