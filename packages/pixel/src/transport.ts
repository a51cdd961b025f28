import type { Issue } from "@beaconry/core";
import { readRetryAfter } from "@beaconry/core/internal";
import type { Environment } from "./environment.js";

/** Read by servers as text, so that the browser need not ask another origin for leave first (no preflight). */
const contentType = "text/plain;charset=UTF-8";

/** A request that is not answered by then is given up and tried again. Milliseconds. */
const longestRequest = 30_000;

/** A collector is believed this long when it asks for patience. Milliseconds. */
const longestRetryAfter = 300_000;

/** What became of a request. */
export type Outcome =
  | { readonly is: "sent"; readonly rejected: readonly Rejection[] }
  /** To be tried again, not before `after` milliseconds. */
  | { readonly is: "failed"; readonly after: number }
  /** The collector would refuse it again. */
  | { readonly is: "refused" };

/** An event that the collector did not take, and why. */
export interface Rejection {
  readonly id: string;
  readonly issues?: readonly Issue[];
}

/** Carries bodies to the collector. */
export interface Transport {
  /** Never rejects. */
  post(body: string): Promise<Outcome>;
  /** Leaves the body to the browser, which answers only whether it took it. */
  beacon(body: string): boolean;
}

/** Posts to this address. */
export function createTransport(endpoint: string, { fetch, now, sendBeacon }: Environment): Transport {
  return {
    async post(body) {
      try {
        const response = await fetch(endpoint, {
          method: "POST",
          body,
          headers: { "Content-Type": contentType },
          keepalive: true,
          credentials: "include",
          signal: AbortSignal.timeout?.(longestRequest),
        });
        if (response.ok) return { is: "sent", rejected: await readRejected(response) };
        const { status } = response;
        if (status < 500 && status !== 408 && status !== 429) return { is: "refused" };
        return {
          is: "failed",
          after: readRetryAfter(response.headers.get("Retry-After"), now(), longestRetryAfter) ?? 0,
        };
      } catch {
        return { is: "failed", after: 0 };
      }
    },
    beacon(body) {
      try {
        return sendBeacon(endpoint, new Blob([body], { type: contentType }));
      } catch {
        return false;
      }
    },
  };
}

/** The events are taken, even when the answer can not be read. */
async function readRejected(response: Response): Promise<readonly Rejection[]> {
  try {
    const { rejected } = (await response.json()) as { rejected?: unknown };
    return Array.isArray(rejected) ? rejected.filter((one) => typeof one?.id === "string") : [];
  } catch {
    return [];
  }
}
