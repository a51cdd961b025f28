import type { Consent, EventContext, StandardEventName, TrackedEvent, UserData } from "@beaconry/core";
import { sampleProperties } from "./sample-properties.js";

/** Sources of which there is a sample. */
export const sampleSources = ["web", "app", "store", "crm"] as const;

/** Where a sample event happens. */
export type SampleSource = (typeof sampleSources)[number];

/** An address set aside for documentation, https://www.rfc-editor.org/rfc/rfc5737: of nobody. */
const ip = "203.0.113.7";

const contexts: Readonly<Record<SampleSource, (id: string) => EventContext>> = {
  web: () => ({
    source: "web",
    page: { url: "https://shop.example/beaconry-test" },
    ip,
    userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  }),
  app: (id) => ({
    source: "app",
    ip,
    app: { id: "com.example.shop", name: "Shop", version: "1.0", build: "1" },
    // Of this event alone, since an install counts once a device.
    device: { platform: "android", osVersion: "14", anonId: `XZ${id}`, model: "Pixel 8", locale: "en_US" },
  }),
  store: () => ({ source: "store" }),
  crm: () => ({ source: "crm", lead: { tiktok: "1000000000000001", meta: "1000000000000001", crm: "Sample CRM" } }),
};

const user: UserData = { email: "test@example.com", externalId: "beaconry-test" };

/** What a caller may put in the place of the sample's own. */
export interface EventChange {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly consent?: Readonly<Record<string, unknown>>;
  readonly id?: string;
  /** ms, or what `Date` reads. */
  readonly time?: number | string;
}

/**
 * A test event of a person who is nobody. Members of `change` win, one by one; `null` leaves one out.
 * @param id for events that bring none
 * @param now ms
 */
export function sampleEvent(
  name: StandardEventName,
  source: SampleSource,
  change: EventChange,
  { id: newId, now }: { id: string; now: number },
): TrackedEvent {
  const id = change.id ?? newId;
  const consent: Consent = { advertising: true, advertiserTracking: true, applicationTracking: true };
  return {
    id,
    name,
    time: change.time === undefined ? now : new Date(change.time).getTime(),
    properties: merge(sampleProperties(name), change.properties),
    user: merge(user, change.user),
    context: merge(contexts[source](id), change.context) as unknown as EventContext,
    consent: merge(consent, change.consent),
  };
}

function merge(sample: object, change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...sample, ...change }).filter(([, value]) => value !== null));
}
