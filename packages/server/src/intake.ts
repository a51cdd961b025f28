import type { Issue, TrackedEvent, Vendor } from "@beaconry/core";
import { checkFuture } from "@beaconry/core/internal";
import type { DropReason } from "./delivery/news.js";
import type { Destination } from "./destinations/destination.js";
import type { Parcel } from "./outbox/outbox.js";

/** What became of an event at one destination, before delivery. */
export interface Dropped {
  readonly destination: string;
  readonly reason: DropReason;
}

/** An event made ready for the outbox. */
export interface PreparedEvent {
  readonly parcels: readonly Parcel[];
  readonly dropped: readonly Dropped[];
  /** Each problem once, whichever vendor found it. */
  readonly issues: readonly Issue[];
}

/**
 * Turns an event into one parcel for each destination that it is meant for, in that vendor's format. What a vendor
 * would refuse, or the person did not allow, becomes no parcel; what is meant for no destination at all has an issue.
 * @param now ms
 * @param tags vendors whose browser tag reported the event already
 */
export function prepare(
  event: TrackedEvent,
  destinations: readonly Destination[],
  now: number,
  tags: readonly Vendor[] = [],
): PreparedEvent {
  const future = checkFuture(event.time, now);
  const parcels: Parcel[] = [];
  const dropped: Dropped[] = [];
  const issues: Issue[] = [];
  let isTaken = false;
  for (const destination of destinations) {
    if (!destination.accepts(event)) continue;
    isTaken = true;
    if (isReportedByTagAlone(event, destination.vendor, tags)) continue;
    const built = destination.build(event);
    const isSent = built.body !== undefined && future.length === 0;
    issues.push(...built.issues, ...future);
    if (isSent) {
      const { id, name, time } = event;
      const expiresAt = time + destination.maxAge(event);
      parcels.push({ destination: destination.name, name, id, time, expiresAt, ...built.body });
    } else {
      const reason = built.issues.some(({ code }) => code === "consent") ? "consent" : "invalid";
      dropped.push({ destination: destination.name, reason });
    }
  }
  if (!isTaken) issues.push(nobodyTakes(event));
  return { parcels, dropped, issues: issues.length < 2 ? issues : distinct(issues) };
}

/** Of an app's event, for example, where only `metaConversions` is there: it is not dropped by one, and would be lost in silence. */
function nobodyTakes({ name, context: { source } }: TrackedEvent): Issue {
  const message = `no destination takes ${name} of source ${source}`;
  return { severity: "warning", code: "unsupported_source", path: "context.source", message };
}

function distinct(issues: readonly Issue[]): readonly Issue[] {
  const byText = issues.map((issue) => [`${issue.severity} ${issue.path} ${issue.message}`, issue] as const);
  return [...new Map(byText).values()];
}

/** TikTok's tag sends its page view without an id, so that the server's copy would be counted again. */
function isReportedByTagAlone({ name }: TrackedEvent, vendor: Vendor | undefined, tags: readonly Vendor[]): boolean {
  return name === "PageView" && vendor === "tiktok" && tags.includes("tiktok");
}
