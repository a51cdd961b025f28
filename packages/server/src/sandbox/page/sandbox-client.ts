import type { ActiveFault, Fault } from "../faults/fault.js";
import type { ReceivedEvent, ReceivedRequest } from "../received.js";

/** An event and the request that brought it, without that request's body; none when it is no longer kept. */
export interface EventDetail {
  readonly event: ReceivedEvent;
  readonly request?: Omit<ReceivedRequest, "body">;
}

export const getEvent = (sequence: number, signal: AbortSignal) =>
  call<EventDetail>("GET", `/events/${sequence}`, { signal });

export const getRequest = (sequence: number, signal?: AbortSignal) =>
  call<ReceivedRequest>("GET", `/requests/${sequence}`, { signal });

export const listFaults = async () => (await call<{ faults: readonly ActiveFault[] }>("GET", "/faults")).faults;
export const addFault = (fault: Fault) => call<ActiveFault>("POST", "/faults", { body: fault });
export const removeFault = (id: string) => call<void>("DELETE", `/faults/${encodeURIComponent(id)}`);
export const clearFaults = () => call<void>("DELETE", "/faults");
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
