import { BeaconryError, isBeaconryError } from "@beaconry/core";
import { JetStreamApiError } from "@nats-io/jetstream";

/** The server's error codes that mean something to an outbox. */
const codes = {
  /** A limit of the stream, or its disk; of the account; of the server's storage, and its memory. */
  full: [10_077, 10_002, 10_047, 10_028],
  consumerNotFound: [10_014],
  streamNotFound: [10_059],
  nameInUse: [10_058],
  subjectsOverlap: [10065],
  wrongLastSequence: [10_071, 10_164],
} as const;

/** The status of its errors that pass: no leader is elected, another one is asked. */
const unavailable = 503;

/** Whether the server answered with this error. */
export function isApiError(error: unknown, meaning: keyof typeof codes): error is JetStreamApiError {
  return error instanceof JetStreamApiError && (codes[meaning] as readonly number[]).includes(error.code);
}

/** Whether trying again can not help: the server has said no, rather than nothing. */
export function isFinal(error: unknown): boolean {
  return isBeaconryError(error) || isApiError(error, "full");
}

/** Whether the server has refused what it was asked, rather than being unable to do it now, or silent. */
export function isRefusal(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.status !== unavailable;
}

/** Says in words what went wrong. */
export function toFault(error: unknown, what: string): BeaconryError {
  if (isBeaconryError(error)) return error;
  const code = isApiError(error, "full") ? "outbox_full" : "outbox_failed";
  return new BeaconryError(code, `JetStream, ${what}: ${wordsOf(error)}`);
}

/** An error's words, without what an address may hold of a password. */
export function wordsOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  const words = error instanceof JetStreamApiError ? `${message} (${error.code})` : message || name;
  return words.replace(/\/\/[^@/\s]*@/g, "//***@");
}
