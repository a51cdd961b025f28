import { withoutEmail } from "@beaconry/core/internal";
import { readRefusal } from "../sandbox/feed/refusal.js";
import { isSha256 } from "../sandbox/hashes.js";
import { eventLine, listEvents } from "../sandbox/list-events.js";
import type { ReceivedEvent, ReceivedRequest } from "../sandbox/received.js";
import { type Difference, differences, type Equals, isNamed } from "./differences.js";

/** How many of the latest refused requests are listed. */
const REFUSALS = 5;
const MAX_VALUE = 200;
/** Fields of an event that hold what a person may not be shown by: its payload, its address. */
const personal: readonly unknown[] = ["payload", "data", "forwardedFor"];

interface Failure {
  readonly name: string;
  /** What was asked of the event, without `times` and `timeout`. */
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly times: number | undefined;
  /** Milliseconds that were waited. */
  readonly waited: number;
  readonly found: readonly ReceivedEvent[];
  readonly events: readonly ReceivedEvent[];
  readonly requests: readonly ReceivedRequest[];
  readonly equals: Equals;
  /** A value in few words. */
  readonly print: (value: unknown) => string;
}

/** What was expected, what was nearest, what arrived and what was refused. Of a person no more than hashes is in it. */
export function failureMessage(failure: Failure, isNot: boolean): string {
  const { name, pattern, times, waited, found, events, requests, print } = failure;
  const what = Object.keys(pattern).length > 0 ? `${name} with ${print(pattern)}` : name;
  const often = times === undefined ? "" : times === 1 ? " once" : ` ${times} times`;
  const came = found.length === 0 ? "it did not" : `it came ${found.length === 1 ? "once" : `${found.length} times`}`;
  const when = waited > 0 && found.length === 0 ? ` within ${waited} ms` : "";
  const parts = [
    `expected the sandbox ${isNot ? "not " : ""}to have received ${what}${often}, but ${isNot ? "it did" : came + when}`,
    found.length > 0 ? `Such came: ${listEvents(found)}` : nearest(failure),
    isNot ? undefined : `Arrived: ${listEvents(events)}`,
    isNot ? undefined : refused(requests),
  ];
  return withoutEmail(parts.filter((part) => part !== undefined).join("\n\n"));
}

/** An event of this name or this id, the one with the fewest differences, the latest of them. */
function nearest({ name, pattern, events, equals, print }: Failure): string | undefined {
  const near = events
    .filter((event) => isNamed(event, name) || (pattern.id !== undefined && event.id === pattern.id))
    .map((event) => {
      const renamed = isNamed(event, name) ? [] : [{ path: ["name"], expected: name, actual: event.name }];
      return { event, differs: [...renamed, ...differences(event, pattern, equals)] };
    })
    .reduce<{ event: ReceivedEvent; differs: readonly Difference[] } | undefined>(
      (best, one) => (best && best.differs.length < one.differs.length ? best : one),
      undefined,
    );
  if (!near) return undefined;
  const lines = near.differs.map(
    (difference) =>
      `\n  ${pathText(difference.path)}: expected ${print(difference.expected)}, is ${shown(difference, print)}`,
  );
  return `Nearest: ${eventLine(near.event)}${lines.join("")}`;
}

function refused(requests: readonly ReceivedRequest[]): string | undefined {
  const lines = requests.flatMap((request) => {
    const refusal = readRefusal(request);
    return refusal ? [`\n  ${request.endpoint}: ${refusal.code}: ${refusal.message}`] : [];
  });
  const last = lines.slice(-REFUSALS);
  const which = last.length < lines.length ? `, the last ${last.length} of them` : "";
  const count = `${lines.length} ${lines.length === 1 ? "request" : "requests"}`;
  return lines.length === 0 ? undefined : `Refused: ${count}${which}:${last.join("")}`;
}

function pathText(path: Difference["path"]): string {
  return path.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("");
}

function shown({ path, actual }: Difference, print: Failure["print"]): string {
  if (actual === undefined) return "missing";
  const isPlain = typeof actual === "number" || typeof actual === "boolean" || actual === null || isSha256(actual);
  if (isPlain || !personal.includes(path[0])) return print(actual).slice(0, MAX_VALUE);
  if (Array.isArray(actual)) return `a list of ${actual.length}`;
  return typeof actual === "object" ? "an object" : "another text";
}
