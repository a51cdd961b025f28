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
export type { ReceivedEvent, ReceivedRequest, SandboxEndpoint, SandboxEventEndpoint } from "./received.js";
export { createSandbox, type Sandbox } from "./sandbox.js";
export type { SandboxAccount } from "./tiktok-business/accounts.js";
export type { SandboxAudience, SandboxAudienceChange } from "./tiktok-business/audiences/audience.js";
export type { NewSandboxLead, SandboxDelivery, SandboxLead } from "./tiktok-business/leads/lead.js";

export type { SandboxSubscription } from "./tiktok-business/leads/subscription.js";
export type { TikTokBusinessPath } from "./tiktok-business/paths.js";
