import type { IncomingHttpHeaders } from "node:http";
import type { Arrival, SandboxEndpoint } from "./received.js";

/** One request, its body read. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What the route's pattern captured from the path, decoded. */
  readonly captured: readonly string[];
}

/** What an endpoint says to a call. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string or bytes as they are, anything else as JSON; undefined for no body. */
  readonly body?: unknown;
  /** The request's body as the endpoint understood it, for the journal. */
  readonly parsed?: unknown;
  /** The events taken; none when the call was refused. */
  readonly arrivals?: readonly Arrival[];
}

export interface Route {
  /** Matches the path. */
  readonly pattern: RegExp;
  /** The endpoint this is, when its requests belong in the journal. */
  readonly endpoint?: SandboxEndpoint;
  /** Whether pages of other origins may call it. Default: false. */
  readonly cors?: boolean;
  readonly handle: (call: Call) => Answer;
}

/** A header's value; repeated headers come joined, as Node joins them. */
export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}
