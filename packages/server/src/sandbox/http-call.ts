import type { IncomingHttpHeaders } from "node:http";
import type { FormField } from "./read-form.js";
import type { Arrival, SandboxEndpoint } from "./received.js";
import type { TikTokBusinessPath } from "./tiktok-business/paths.js";

/** One request, its body read. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** The body's fields when it is a form; absent when it is none or can not be read as one. */
  readonly form?: readonly FormField[];
  /** The body as it comes, in the place of `body` and `form`, for routes that take it so. */
  readonly stream?: AsyncIterable<Buffer>;
  /** What the route's pattern captured from the path, decoded. */
  readonly captured: readonly string[];
}

/** What an endpoint says to a call. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string, bytes or a stream as they are, anything else as JSON; undefined for no body. */
  readonly body?: unknown;
  /** The connection ends in the place of this answer. */
  readonly cut?: true;
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
  /** The sandbox's own and not a vendor's: answered only when {@link refuseForeign} has nothing against it. */
  readonly own?: true;
  /** Reads its body itself, since it may be large. */
  readonly takesStream?: true;
  /** Which call of `tiktok.business` it is. */
  readonly path?: TikTokBusinessPath;
  /**
   * The body as `handle` understands it. Of routes whose handling changes something at once: a fault that strikes before
   * that keeps requests from `handle`. The others change nothing: what they took is in `arrivals`.
   */
  readonly read?: (call: Call) => unknown;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

/** A header's value; repeated headers come joined, as Node joins them. */
export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** A part of a path, decoded where it can be. */
export function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
