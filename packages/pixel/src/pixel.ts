import {
  type Allowed,
  type Consent,
  checkProperties,
  type EventName,
  type Issue,
  permission,
  type TrackArguments,
  type TrackedEvent,
  type UserData,
  type Vendor,
} from "@beaconry/core";
import { createEmitter } from "@beaconry/core/internal";
import { pushBounded } from "./bounded.js";
import { openClickIds } from "./click-ids.js";
import { readConsent } from "./consent-rule.js";
import { openConsent } from "./consent-store.js";
import { openCookies } from "./cookies.js";
import type { DropReason } from "./drop-reason.js";
import { createEarlyPageViews } from "./early-page-views.js";
import { browserEnvironment, type Environment } from "./environment.js";
import { copyOf, leftOut, propertiesOf, readContext } from "./event-content.js";
import { createIdentity } from "./identity.js";
import { createLedger } from "./ledger.js";
import type { Settings } from "./options.js";
import { onPageHide } from "./page-lifecycle.js";
import { pageAddress, watchPageViews } from "./page-views.js";
import type { PixelEvents } from "./pixel-events.js";
import { createQueue } from "./queue.js";
import { openStorage } from "./storage.js";
import { createTagSet } from "./tags/tag-set.js";
import { createTransport } from "./transport.js";

/** Options of one `track`. */
export interface TrackOptions {
  /** The event's id, where your server sends the same event: vendors count the two as one. Default: a new UUID. */
  id?: string;
}

/** What `flush` answers. Counts are since the pixel's creation and add up to all that was tracked. */
export interface FlushResult {
  readonly sent: number;
  /** Waiting for the person's answer, for their turn, or for the collector. */
  readonly pending: number;
  readonly dropped: number;
  /** The dropped ones by reason. */
  readonly reasons: Readonly<Record<DropReason, number>>;
}

/** A page's tracking. None of its methods throws. */
export interface Pixel {
  /**
   * Takes over what the person chose; parts left out, or `undefined`, stay as they are. Kept for later pages once
   * `advertising` is answered. A refusal drops what waits and erases what was kept.
   */
  consent(choice: Consent): void;
  /** Who the person is. Hashed at once; without effect after a refusal. */
  identify(user: UserData): void;
  /** Tracks an event; gives its id. A wrong event is reported by `issue`, and goes out with what is good in it. */
  track<Name extends EventName>(name: Name, ...rest: TrackArguments<Name, TrackOptions>): string;
  /** Tracks a PageView; gives its id. */
  page(): string;
  /** Listens; gives what ends it. */
  on<Type extends keyof PixelEvents>(type: Type, listener: (event: PixelEvents[Type]) => void): () => void;
  /**
   * Sends what can be sent now, and waits until all that `identify` was given is hashed and kept. Never rejects, and resolves after
   * `timeout` ms at the latest (default 5,000), whatever is still on its way. Worth waiting for before you leave a page
   * on which you called `identify`.
   */
  flush(options?: { timeout?: number }): Promise<FlushResult>;
}

/** Most events that are kept until the person answers; when one more comes, the oldest goes. */
const mostHeld = 100;

type NewEvent = Omit<TrackedEvent, "consent" | "user">;

/** An event on its way to the collector, with the tags that took it. */
interface Outgoing extends NewEvent {
  readonly takenBy: readonly Vendor[];
}

/** Starts a pixel in a page. */
export function startPixel(settings: Settings, environment: Environment = browserEnvironment()): Pixel {
  const { window, now } = environment;
  const source = settings.app ? "app" : "web";
  const warn = (...message: unknown[]) => {
    if (settings.debug) environment.warn(...message);
  };

  const emitter = createEmitter<PixelEvents>(warn);
  const ledger = createLedger(emitter, warn);
  const storage = openStorage(window);
  const consent = openConsent(settings.consent, storage, window);
  const clickIds = openClickIds(
    window.location.href,
    openCookies(window, settings.cookieDomain),
    now,
    environment.random,
  );
  const tags = createTagSet(source === "web" ? settings.tags : {}, environment, warn, () => repeatEarly());
  const early = createEarlyPageViews<Outgoing>((vendor) => tags.loaded([vendor]).length > 0);
  let isLeaving = false;
  const held: NewEvent[] = [];

  const report = (issue: Issue, event?: { id: string; name: string }) => {
    warn(`${event?.name ?? ""} ${issue.message}`);
    emitter.emit("issue", { issue, ...event });
  };
  const allowedNow = () => permission(consent.current(), source, settings.device);

  const identity = createIdentity({
    storage,
    importPhone: environment.importPhone,
    report,
    onChange: () => {
      const allowed = allowedNow();
      if (allowed.send !== "allow" || !allowed.customerData) return;
      identity.keep();
      const keys = identity.keys();
      if (keys) tags.identify(keys);
    },
  });

  const queue = createQueue<Outgoing>({
    batch: settings.batch,
    transport: createTransport(settings.endpoint, environment),
    ledger,
    environment,
    toJson({ takenBy, ...event }) {
      // A page that is left waits for no script any more.
      const sentBy = isLeaving ? tags.loaded(takenBy) : tags.notFailed(takenBy);
      const outgoing = { ...event, consent: consent.current(), tags: sentBy };
      const allowed = allowedNow();
      return JSON.stringify(allowed.send === "allow" ? onlyAllowed(outgoing, allowed) : outgoing);
    },
  });

  function release(event: NewEvent): void {
    // A tag reports the address that the page has now: an event held since another one is the collector's alone.
    const isHere = event.context.page?.url.replace(/#.*/s, "") === pageAddress(window);
    const takenBy = isHere ? tags.track(event) : [];
    const clicks = source === "web" ? clickIds.current() : undefined;
    const outgoing = { ...event, context: { ...event.context, clicks }, matchKeys: identity.keys(), takenBy };
    queue.add(outgoing);
    early.add(outgoing);
  }

  /** The collector was told that TikTok's tag has these, and it never sent them: it is told again, under the same id. */
  function repeatEarly(): void {
    const again = early.takeUnsent().filter((event) => !queue.waits(event));
    ledger.again(again.length);
    for (const event of again) queue.add(event);
  }

  function take(event: NewEvent): void {
    const { send } = allowedNow();
    if (send === "allow") release(event);
    else if (send === "drop") ledger.dropped([event.id], "consent");
    else {
      const gone = pushBounded(held, event, mostHeld);
      emitter.emit("held", { ids: [event.id] });
      ledger.dropped(idsOf(gone), "held_overflow");
    }
  }

  /** Brings everything in line with the consent as it is. */
  function applyConsent(): void {
    const allowed = allowedNow();
    if (allowed.send === "allow") {
      if (source === "web") clickIds.keep();
      if (allowed.customerData) identity.keep();
      tags.allow(identity.keys(), allowed.limitedDataUse);
      for (const event of held.splice(0)) release(event);
    } else if (allowed.send === "drop") {
      tags.refuse();
      early.forget();
      identity.forget();
      ledger.dropped(idsOf(held.splice(0)), "consent");
      queue.clear("consent");
      clickIds.erase();
      storage.erase();
    }
    if (allowed.send !== "hold") consent.save();
  }

  /** Nothing that goes wrong in here may reach the page. */
  function safely(run: () => void, otherwise?: () => void): void {
    try {
      run();
    } catch (error) {
      warn(error);
      otherwise?.();
    }
  }

  function track(name: string, properties?: unknown, options?: TrackOptions): string {
    const given = options?.id;
    const isId = typeof given === "string" && /^\S{1,128}$/.test(given);
    const id = isId ? given : environment.randomId();
    const giveUp = () => ledger.dropped([id], "invalid");
    safely(() => {
      const reportHere = (issue: Issue) => report(issue, { id, name: String(name) });
      if (given !== undefined && !isId) reportHere(leftOut("id", "a text of 1 to 128 characters without spaces"));
      if (typeof name !== "string" || !name.trim()) {
        reportHere(leftOut("name", "the name of an event"));
        return giveUp();
      }
      const event = { id, name: name as EventName, properties: propertiesOf(properties, reportHere) };
      for (const issue of checkProperties(event)) reportHere(issue);
      take({
        ...event,
        properties: copyOf(event.properties, reportHere),
        time: Math.floor(now()),
        context: readContext(window, settings),
      });
    }, giveUp);
    return id;
  }

  safely(() => {
    onPageHide(window, (leaving) =>
      safely(() => {
        isLeaving = leaving;
        if (leaving) repeatEarly();
        queue.leave();
      }),
    );
    applyConsent();
    if (settings.pageViews === "automatic") watchPageViews(window, () => track("PageView"));
  });

  return {
    consent: (choice) =>
      safely(() => {
        consent.choose(readConsent(choice, ({ path, message }) => report({ ...leftOut(path, ""), message })));
        applyConsent();
      }),
    identify: (user) =>
      safely(() => {
        if (typeof user !== "object" || user === null) report(leftOut("user", "an object"));
        else if (allowedNow().send !== "drop") identity.learn(user);
      }),
    track: (name, ...rest) => track(name, ...rest),
    page: () => track("PageView"),
    on: emitter.on,
    async flush({ timeout = 5_000 } = {}) {
      const done = Promise.all([queue.flush(), identity.settled()]).catch(warn);
      const { promise: late, cancel } = lateness(environment, timeout);
      await Promise.race([done, late]);
      cancel();
      return { ...ledger.counts(), pending: held.length + queue.pending() };
    },
  };
}

/** Resolves after so many milliseconds, unless it is cancelled. */
function lateness({ after }: Environment, timeout: number): { promise: Promise<void>; cancel: () => void } {
  let cancel = () => {};
  const promise = new Promise<void>((resolve) => {
    cancel = after(timeout, resolve);
  });
  return { promise, cancel };
}

/** The event without what the person's other choices leave out. The collector would leave it out too: it need not see it. */
function onlyAllowed<Event extends NewEvent>(event: Event, { customerData, advertisingId }: Allowed): Event {
  const { device } = event.context;
  return {
    ...event,
    matchKeys: customerData ? event.matchKeys : undefined,
    context: { ...event.context, device: device && !advertisingId ? { ...device, advertisingId: undefined } : device },
  };
}

function idsOf(events: readonly { readonly id: string }[]): string[] {
  return events.map(({ id }) => id);
}
