import { BeaconryError } from "@beaconry/core";
import { withMethods } from "@beaconry/core/internal";
import { expect, type MatcherState } from "vitest";
import type { Sandbox } from "../sandbox/index.js";
import { differences, isNamed } from "./differences.js";
import { checkExpected, type ExpectedEvent, type ExpectedName } from "./expected-event.js";
import { failureMessage } from "./failure-message.js";

export type { ExpectedEvent, ExpectedName } from "./expected-event.js";

/** What the matcher reads of a sandbox. */
type Received = Pick<Sandbox, "events" | "requests" | "waitFor">;

declare module "vitest" {
  // The parameters must be vitest's own.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /**
     * Waits until the sandbox has received such an event: `await expect(sandbox).toHaveReceived("Purchase", { id })`.
     * A standard event may be given by its name in the catalogue: `PageView` is TikTok's `Pageview` too, `Purchase` an
     * app's `fb_mobile_purchase`.
     */
    toHaveReceived: T extends Received ? (name: ExpectedName, expected?: ExpectedEvent) => Promise<void> : never;
  }
}

/** Below vitest's own five seconds for a test, so that the message comes and not its timeout. */
const WAIT = 3_000;

const isSandbox = withMethods("a sandbox", "events", "requests", "waitFor").fits as (
  value: unknown,
) => value is Received;

async function toHaveReceived(this: MatcherState, received: unknown, name: string, expected: ExpectedEvent = {}) {
  if (!isSandbox(received)) throw new BeaconryError("invalid_option", "toHaveReceived: expect() takes a sandbox here");
  checkExpected(name, expected);
  const { times, timeout, ...pattern } = expected;
  const testers = [...this.customTesters, this.utils.iterableEquality, this.utils.subsetEquality];
  const equals = (actual: unknown, wanted: unknown) => this.equals(actual, wanted, testers);
  const find = () =>
    received.events().filter((event) => isNamed(event, name) && differences(event, pattern, equals).length === 0);
  const waited = timeout ?? (this.isNot || times === 0 ? 0 : WAIT);
  // What is wrong when the time is over, find says.
  if (waited > 0) await received.waitFor(() => find().length >= Math.max(times ?? 1, 1), waited).catch(() => {});
  const found = find();
  const failure = {
    name,
    pattern,
    times,
    waited,
    found,
    events: received.events(),
    requests: received.requests(),
    equals,
    print: (value: unknown) => this.utils.stringify(value, undefined, { min: true }),
  };
  return {
    pass: times === undefined ? found.length > 0 : found.length === times,
    message: () => failureMessage(failure, this.isNot),
  };
}

expect.extend({ toHaveReceived });
