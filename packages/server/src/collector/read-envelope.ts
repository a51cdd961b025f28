import type { Issue } from "@beaconry/core";
import { type ReceivedEvent, readEvent, readId } from "./read-event.js";
import { asNumber, isObject } from "./shape.js";

/** What was wrong with an event. */
export interface EventIssues {
  /** Absent when the event had none that could be read. */
  readonly id?: string;
  readonly issues: readonly Issue[];
}

/** What a batch held. */
export interface ReadEnvelope {
  readonly events: readonly ReceivedEvent[];
  readonly rejected: readonly EventIssues[];
}

/**
 * Reads a pixel's batch; `undefined` when it is none. One bad event does not spoil the others.
 * @param now ms: the difference to the page's own clock corrects the events' times
 * @param mostEvents those beyond are rejected
 */
export function readEnvelope(text: string, now: number, mostEvents: number): ReadEnvelope | undefined {
  const envelope = parse(text);
  if (!isObject(envelope) || !Array.isArray(envelope.events)) return undefined;
  const sentAt = asNumber(envelope.sentAt);
  const skew = sentAt === undefined ? 0 : now - sentAt;
  const events: ReceivedEvent[] = [];
  const rejected: EventIssues[] = [];
  for (const [index, value] of envelope.events.entries()) {
    const read = index < mostEvents ? readEvent(value, skew, now) : { issues: [tooMany(mostEvents)] };
    if ("event" in read) events.push(read);
    else rejected.push({ id: readId(isObject(value) ? value.id : undefined), issues: read.issues });
  }
  return { events, rejected };
}

function tooMany(mostEvents: number): Issue {
  return {
    severity: "error",
    code: "too_many",
    path: "events",
    message: `at most ${mostEvents} events a batch are taken`,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
