import { type StandardEvent, standardEvents } from "@beaconry/core";
import { isObject } from "../sandbox/json.js";
import type { ReceivedEvent } from "../sandbox/received.js";
import { wireProperties } from "../sandbox/wire-properties.js";

/** Whether a value is as expected, the way `toMatchObject` compares. */
export type Equals = (actual: unknown, expected: unknown) => boolean;

/** Where an event is not as expected. */
export interface Difference {
  readonly path: readonly (string | number)[];
  readonly expected: unknown;
  readonly actual: unknown;
}

const rows: Readonly<Record<string, StandardEvent>> = standardEvents;

/** Whether the event has this name, on the wire or, for a standard event, in the catalogue. */
export function isNamed({ vendor, name }: ReceivedEvent, expected: string): boolean {
  const row = Object.hasOwn(rows, expected) ? rows[expected] : undefined;
  const names = vendor === "tiktok" ? [row?.tiktok, row?.tiktokApp] : [row?.meta, row?.metaApp];
  return name === expected || names.includes(name);
}

/** Everything in which an event is not as expected, but for its name. */
export function differences(
  event: ReceivedEvent,
  expected: Readonly<Record<string, unknown>>,
  equals: Equals,
): readonly Difference[] {
  return within({ ...event, properties: wireProperties(event) }, expected, [], equals);
}

function within(actual: unknown, expected: unknown, path: Difference["path"], equals: Equals): readonly Difference[] {
  const below = (key: string | number) =>
    within(
      (actual as Record<string, unknown>)[key],
      (expected as Record<string, unknown>)[key],
      [...path, key],
      equals,
    );
  if (path.length > 0 && equals(actual, expected)) return [];
  if (isObject(actual) && isObject(expected) && !isAsymmetric(expected)) return Object.keys(expected).flatMap(below);
  if (Array.isArray(actual) && Array.isArray(expected) && actual.length === expected.length) {
    return expected.flatMap((_, index) => below(index));
  }
  return [{ path, expected, actual }];
}

function isAsymmetric(value: object): boolean {
  return "asymmetricMatch" in value && typeof value.asymmetricMatch === "function";
}
