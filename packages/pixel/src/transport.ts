import type { Issue } from "@beaconry/core";
import { readRetryAfter } from "@beaconry/core/page";
import type { Environment } from "./environment.js";

/** Read by servers as text, so that the browser need not ask another origin for leave first (no preflight). */
const type = "text/plain;charset=UTF-8";

/** A request that is not answered by then is given up and tried again. Milliseconds. */
const longestRequest = 30_000;

/** A collector is believed this long when it asks for patience. Milliseconds. */
const longestRetryAfter = 300_000;

/** What the collector found in an event. */
export interface Finding {
  readonly id: string;
  readonly issues?: readonly Issue[];
}

/** What became of a request. */
export interface Reply {
  /** The HTTP status; 0 where no answer came. */
  readonly status: number;
  /** Not to be asked again before so many milliseconds. */
  readonly wait: number;
  /** The events that the collector did not take. */
  readonly rejected: readonly Finding[];
  /** What it found in events that it took. */
  readonly issues: readonly Finding[];
}

/** Carries bodies to the collector. */
export interface Transport {
  /** Never rejects. */
  post(body: string): Promise<Reply>;
  /** Leaves the body to the browser, which answers only whether it took it. */
  beacon(body: string): boolean;
}

/** Posts to this address. */
export function createTransport(endpoint: string, { fetch, now, after, sendBeacon }: Environment): Transport {
  async function send(body: string): Promise<Reply> {
    const response = await fetch(endpoint, {
      method: "POST",
      body,
      headers: { "Content-Type": type },
      keepalive: true,
      credentials: "include",
    });
    const { status, headers } = response;
    // Always read to its end: until then a browser counts the request's body against what may be on its way.
    const answer = await response.json().catch(() => undefined);
    // A redirect may have made a GET of it, as to a page that asks to log in: then nobody has the events.
    if (response.redirected && !answer) return none;
    return {
      status,
      wait: readRetryAfter(headers.get("Retry-After"), now(), longestRetryAfter) ?? 0,
      // The events are taken, even when the answer can not be read.
      rejected: findings(answer?.rejected),
      issues: findings(answer?.issues),
    };
  }
  const none: Reply = { status: 0, wait: 0, rejected: [], issues: [] };
  return {
    post: (body) =>
      new Promise((resolve) => {
        // Pages put functions of their own in the place of `fetch`: theirs may neither answer nor take an AbortSignal.
        const cancel = after(longestRequest, () => resolve(none));
        send(body)
          .catch(() => none)
          .then((reply) => {
            cancel();
            resolve(reply);
          });
      }),
    beacon(body) {
      try {
        return sendBeacon(endpoint, new Blob([body], { type }));
      } catch {
        return false;
      }
    },
  };
}

function findings(given: unknown): readonly Finding[] {
  const read = (one: Finding | null) =>
    typeof one?.id === "string" ? [Array.isArray(one.issues) ? one : { id: one.id }] : [];
  return Array.isArray(given) ? given.flatMap(read) : [];
}
