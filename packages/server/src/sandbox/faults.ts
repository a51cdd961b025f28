import { checkOptions, numberFrom, oneOf, type Rule, required, wholeFrom } from "@beaconry/core/internal";
import type { SandboxEndpoint } from "./received.js";

/** The endpoints a fault can be set for. */
export type FaultEndpoint = Extract<SandboxEndpoint, "tiktok.events" | "meta.conversions" | "meta.appEvents">;

/**
 * What goes wrong with a request. With `status`, `body` or `headers` the request is answered with those and its events
 * are not taken; with only `delay` it is handled as usual, later.
 */
export interface Fault {
  /** The HTTP status to answer. Default: 200 when `body` or `headers` is given. */
  readonly status?: number;
  /** The answer's body: a string as it is (HTML, say), anything else as JSON. Default: empty. */
  readonly body?: unknown;
  /** Headers of the answer, such as `retry-after`. Default: only a content type. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds to wait before answering. Default: 0. */
  readonly delay?: number;
  /**
   * Cuts the connection instead of answering: `true` before the events are taken, `"after"` when they have been taken,
   * so that only the answer is lost. Default: false.
   */
  readonly cut?: boolean | "after";
}

const anything: Rule = { takes: "anything", fits: () => true };

const rules = {
  endpoint: required(oneOf("tiktok.events", "meta.conversions", "meta.appEvents")),
  count: required(wholeFrom(1)),
  status: numberFrom(200, 599),
  body: anything,
  headers: { takes: "an object", fits: (value) => typeof value === "object" && value !== null },
  delay: numberFrom(0, 600_000),
  cut: oneOf(true, false, "after"),
} satisfies Record<keyof Fault | "endpoint" | "count", Rule>;

/** The faults waiting for requests, per endpoint, first set first used. */
export class Faults {
  readonly #waiting = new Map<SandboxEndpoint, { fault: Fault; left: number }[]>();

  add(endpoint: FaultEndpoint, count: number, fault: Fault): void {
    checkOptions("failNext", { endpoint, count, ...fault }, rules);
    const queue = this.#waiting.get(endpoint) ?? [];
    queue.push({ fault, left: count });
    this.#waiting.set(endpoint, queue);
  }

  /** The fault for the next request to this endpoint, used up by asking. */
  take(endpoint: SandboxEndpoint): Fault | undefined {
    const queue = this.#waiting.get(endpoint);
    const first = queue?.[0];
    if (!queue || !first) return undefined;
    first.left -= 1;
    if (first.left === 0) queue.shift();
    return first.fault;
  }

  clear(): void {
    this.#waiting.clear();
  }
}
