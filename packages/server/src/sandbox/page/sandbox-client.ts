import type { ActiveFault, Fault } from "../faults/fault.js";
import type { ReceivedEvent, ReceivedRequest } from "../received.js";
import type { SandboxAccount } from "../tiktok-business/accounts.js";
import type { SandboxAudience } from "../tiktok-business/audiences/audience.js";
import type { SandboxForm } from "../tiktok-business/leads/forms.js";
import type { NewSandboxLead, SandboxLead } from "../tiktok-business/leads/lead.js";
import type { SandboxSubscription } from "../tiktok-business/leads/subscription.js";

/** An event and the request that brought it, without that request's body; none when it is no longer kept. */
export interface EventDetail {
  readonly event: ReceivedEvent;
  readonly request?: Omit<ReceivedRequest, "body">;
}

/** An audience without who is in it. */
export type AudienceFacts = Omit<SandboxAudience, "has" | "members">;

/** The newest leads, oldest first, of so many that are kept. */
export interface KeptLeads {
  readonly total: number;
  readonly leads: readonly SandboxLead[];
}

export const getEvent = (sequence: number, signal: AbortSignal) =>
  call<EventDetail>("GET", `/events/${sequence}`, { signal });

export const getRequest = (sequence: number, signal?: AbortSignal) =>
  call<ReceivedRequest>("GET", `/requests/${sequence}`, { signal });

export const listFaults = async () => (await call<{ faults: readonly ActiveFault[] }>("GET", "/faults")).faults;
export const addFault = (fault: Fault) => call<ActiveFault>("POST", "/faults", { body: fault });
export const removeFault = (id: string) => call<void>("DELETE", `/faults/${encodeURIComponent(id)}`);
export const clearFaults = () => call<void>("DELETE", "/faults");
export const listAccounts = async () =>
  (await call<{ accounts: readonly SandboxAccount[] }>("GET", "/accounts")).accounts;
export const listAudiences = async () =>
  (await call<{ audiences: readonly AudienceFacts[] }>("GET", "/audiences")).audiences;
export const listForms = async () => (await call<{ forms: readonly SandboxForm[] }>("GET", "/forms")).forms;
export const listSubscriptions = async () =>
  (await call<{ subscriptions: readonly SandboxSubscription[] }>("GET", "/subscriptions")).subscriptions;
export const listLeads = (last: number) => call<KeptLeads>("GET", `/leads?last=${last}`);
export const submitLead = (lead: NewSandboxLead) => call<SandboxLead>("POST", "/leads", { body: lead });
export const reset = () => call<void>("POST", "/reset");

interface Options {
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

/** Rejects with the sandbox's own words. */
async function call<T>(method: string, path: string, { body, signal }: Options = {}): Promise<T> {
  const response = await fetch(`/_sandbox${path}`, {
    method,
    ...(signal && { signal }),
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  const text = await response.text();
  const answer: unknown = text === "" ? undefined : JSON.parse(text);
  if (response.ok) return answer as T;
  throw new Error((answer as { error?: { message?: string } })?.error?.message ?? `HTTP ${response.status}`);
}
