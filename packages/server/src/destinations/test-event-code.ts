import type { TrackedEvent } from "@beaconry/core";
import { aFunction, anyOf, someText } from "@beaconry/core/internal";

/**
 * The code under which a vendor shows events as tests: one for all of them, or a function that says for each event
 * whether it is a test and under which code. Tests never share a request with real events.
 */
export type TestEventCode = string | ((event: TrackedEvent) => string | undefined);

/** What `testEventCode` of a destination has to be. */
export const testEventCodeRule = anyOf("a text that is not empty, or a function", someText, aFunction);

/** The code of one event; empty for a real one. */
export function testCodeOf(code: TestEventCode | undefined, event: TrackedEvent): string {
  return (typeof code === "function" ? code(event) : code) ?? "";
}
