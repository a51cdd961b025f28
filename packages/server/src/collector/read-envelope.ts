import type { Issue } from "@beaconry/core";
import type { Client } from "../seen-request.js";
import type { Claim } from "./claims.js";
import type { CollectorSettings } from "./options.js";
import { type ReceivedEvent, readEvent, readId } from "./read-event.js";
import { asNumber, isObject } from "./shape.js";

/** What was wrong with an event. */
export interface EventIssues {
  /** Absent when the event had none that could be read. */
  readonly id?: string;
  readonly issues: readonly Issue[];
}

/**
 * JSON values in the properties of all events of a batch. Each may cost an issue, so that a body of nothing but commas
 * would keep a server busy; a browser's 64 KiB do not hold so many.
 */
const mostValues = 20_000;

/** What a batch held. */
export interface ReadEnvelope {
  readonly events: readonly ReceivedEvent[];
  readonly rejected: readonly EventIssues[];
  /** What events said that is not a page's to say, and how many of them said it. */
  readonly claims: ReadonlyMap<Claim, number>;
}

/**
 * Reads a pixel's batch; `undefined` when it is none. One bad event does not spoil the others. Of a name that is there
 * twice the last one counts.
 * @param client who sends it, as the collector sees it
 * @param now ms: the difference to the page's own clock corrects the events' times
 */
export function readEnvelope(
  text: string,
  client: Client,
  now: number,
  { maxEvents, maxDepth }: Pick<CollectorSettings, "maxEvents" | "maxDepth">,
): ReadEnvelope | undefined {
  const envelope = parse(text);
  if (!isObject(envelope) || !Array.isArray(envelope.events)) return undefined;
  const sentAt = asNumber(envelope.sentAt);
  const skew = sentAt === undefined ? 0 : now - sentAt;
  const budget = { depth: maxDepth, values: mostValues };
  const events: ReceivedEvent[] = [];
  const rejected: EventIssues[] = [];
  const claims = new Map<Claim, number>();
  for (const value of envelope.events.slice(0, maxEvents)) {
    const read = readEvent(value, budget, client, skew, now);
    for (const claim of read.claims) claims.set(claim, (claims.get(claim) ?? 0) + 1);
    if ("event" in read) events.push(read);
    else rejected.push({ id: idOf(value), issues: read.issues });
  }
  // As many again are told by their ids; the answer is not to grow with what somebody makes up.
  for (const value of envelope.events.slice(maxEvents, 2 * maxEvents)) {
    rejected.push({ id: idOf(value), issues: [tooMany(maxEvents, 0)] });
  }
  const others = envelope.events.length - 2 * maxEvents;
  if (others > 0) rejected.push({ issues: [tooMany(maxEvents, others)] });
  return { events, rejected, claims };
}

const idOf = (value: unknown) => readId(isObject(value) ? value.id : undefined);

function tooMany(maxEvents: number, others: number): Issue {
  const message = `at most ${maxEvents} events a batch are taken${others > 0 ? `; ${others} others are not listed` : ""}`;
  return { severity: "error", code: "too_many", path: "events", message };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
