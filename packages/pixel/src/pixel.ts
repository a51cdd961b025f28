import type { Allowed, Consent, EventName, Issue, Permission, TrackArguments, UserData } from "@beaconry/core";
import { permission } from "@beaconry/core/page";
import type { PixelEvent } from "./before-send.js";
import { openClickIds } from "./click-ids.js";
import { openConsent, readConsent } from "./consent-store.js";
import { openCookies } from "./cookies.js";
import { browserEnvironment, type Environment } from "./environment.js";
import { copyOf, leftOut, pageAddress, readContext, tellsEmail } from "./event-content.js";
import { createIdentity } from "./identity.js";
import { createLedger } from "./ledger.js";
import type { PixelOptions } from "./options.js";
import { watchLifecycle } from "./page-lifecycle.js";
import { watchPageViews } from "./page-views.js";
import type { DropReason, PixelEvents } from "./pixel-events.js";
import { createQueue, idsOf } from "./queue.js";
import type { ReadPerson } from "./read-person.js";
import { openStorage, prefix } from "./storage.js";
import { openStoredEvents, type StoredEvent } from "./stored-events.js";
import { createTagSet } from "./tags/tag-set.js";
import { createTransport } from "./transport.js";

/** Options of one `track`. */
export interface TrackOptions {
  /** The event's id, where your server sends the same event: vendors count the two as one. Default: a new UUID. */
  id?: string;
}

/** Options of `consent`. */
export interface ConsentOptions {
  /** It is what holds until the person chooses: a choice, also a stored one, wins, and it is not kept. Default: `false`. */
  asDefault?: boolean;
}

/** What `flush` answers. Counts are since the pixel's creation and add up to all that was tracked or taken over. */
export interface FlushResult {
  readonly sent: number;
  /** Waiting for the person's answer, for their turn, or for the collector. */
  readonly pending: number;
  readonly dropped: number;
  /** The dropped ones by reason; only reasons that occurred. */
  readonly reasons: Readonly<Partial<Record<DropReason, number>>>;
}

/** A page's tracking. None of its methods throws. */
export interface Pixel {
  /**
   * Takes over what the person chose; parts left out, or `undefined`, stay as they are. Kept for later pages once
   * `advertising` is answered. A refusal drops what waits and erases what was kept.
   */
  consent(choice: Consent, options?: ConsentOptions): void;
  /**
   * Who the person is. Hashed at once, save what is in an unusual form: that is hashed as soon as a file that reads it is
   * loaded, which is done under consent alone. Without effect after a refusal.
   */
  identify(user: UserData): void;
  /** Forgets who the person is, as after a logout, in other tabs too, and takes a new anonymous id. Consent stays. */
  reset(): void;
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

/** Starts a pixel in a page. */
export function startPixel(
  options: PixelOptions,
  readPerson: ReadPerson,
  environment: Environment = browserEnvironment(),
): Pixel {
  const { window, now, after } = environment;
  const { document } = window;
  const { app } = options;
  const source = app ? "app" : "web";

  const ledger = createLedger(options.debug ? environment.log : () => {});
  const { emit, failed } = ledger;
  const storage = openStorage(window);
  const consent = openConsent(options.consent ?? {}, storage, window);
  const cookies = openCookies(window, options.cookieDomain);
  const clickIds = openClickIds(window.location.href, cookies, now, environment.random);
  const tags = createTagSet((source === "web" && options.tags) || {}, environment, failed);
  const stored = openStoredEvents(storage, environment);
  const held: PixelEvent[] = [];
  let last: Permission["send"] | undefined;
  let viewNow = () => {};

  const report = (issue: Issue, event?: { id: string; name: string }) => emit("issue", { issue, ...event });
  const device = () => options.device && { ...options.device, anonId: options.device.anonId ?? identity.anonymousId() };
  // A page that is only prepared, in case it is opened, has not been seen by anybody.
  const isPrepared = () => (document as { prerendering?: boolean }).prerendering === true;
  const allowedNow = (): Pick<Permission, "send"> & Partial<Omit<Allowed, "send">> =>
    isPrepared() ? { send: "hold" } : permission(consent.current(), source, options.device);
  const keysNow = () => (allowedNow().customerData ? identity.keys() : undefined);

  const identity = createIdentity({
    storage,
    randomId: environment.randomId,
    read: (user) => readPerson(user, environment),
    report,
    onChange(isSomebodyElse) {
      if (isSomebodyElse) tags.forget();
      if (!keysNow()) return;
      identity.keep();
      const keys = identity.keys();
      if (keys) tags.identify(keys);
    },
  });

  const isLeft = watchLifecycle(window, {
    onHide: safely(() => {
      viewNow();
      queue.flush();
    }),
    onLeave: safely(() => {
      viewNow();
      queue.leave();
      stored.leave();
    }),
    // It hears nothing of other tabs while it is left.
    onReturn: safely(reload),
  });

  const queue = createQueue({
    batch: options.batch ?? {},
    transport: createTransport(options.endpoint, environment),
    stored,
    ledger,
    environment,
    isAllowed: () => allowedNow().send === "allow",
    isLeft,
    toJson,
  });

  function release(given: PixelEvent): void {
    const event = changed(given);
    if (!event) {
      ledger.dropped([given.id], "before_send");
      return;
    }
    // A tag reads the address and title that the page has now: an event held since another one, and all on a page that
    // tells e-mail addresses, are the collector's alone.
    const isHere = given.context.page?.url === pageAddress(window);
    allowTags();
    queue.add({
      ...event,
      context: { ...event.context, clicks: source === "web" ? clickIds.current() : undefined },
      matchKeys: keysNow(),
      tags: isHere && !tellsEmail(window) ? tags.track(event) : [],
    });
    // The page's own listeners come after ours.
    if (isLeft()) queue.leave();
  }

  /** Not on a page that tells e-mail addresses: the vendors' scripts read it for themselves. */
  function allowTags(): void {
    const { send, limitedDataUse } = allowedNow();
    if (send === "allow" && !tellsEmail(window)) tags.allow(keysNow(), limitedDataUse);
  }

  /** With no more than is allowed now. What an earlier page of an app left has no device, and is of this one. */
  function toJson(event: StoredEvent): string {
    const { customerData, advertisingId } = allowedNow();
    // What storage has may be anything.
    const present = event.context?.device ?? device();
    return JSON.stringify({
      ...event,
      context: {
        ...event.context,
        device: advertisingId ? present : present && { ...present, advertisingId: undefined },
      },
      matchKeys: customerData ? event.matchKeys : undefined,
      consent: consent.current(),
    });
  }

  /** As `beforeSend` wants it, and as JSON has it. */
  function changed(event: PixelEvent): PixelEvent | undefined {
    if (!options.beforeSend) return event;
    try {
      const result = options.beforeSend({ ...event });
      if (result instanceof Promise) throw new TypeError("beforeSend gave a promise: it has to answer at once");
      return result ? { ...event, ...JSON.parse(JSON.stringify(result)), id: event.id } : undefined;
    } catch (error) {
      failed("beforeSend threw", error);
      return undefined;
    }
  }

  /** Brings everything in line with the consent as it is. */
  function applyConsent(): void {
    const { send, customerData } = allowedNow();
    const isNew = send !== last;
    last = send;
    if (isNew) emit("consent", { send });
    if (send === "allow") {
      if (source === "web") clickIds.keep();
      if (customerData) identity.keep();
      allowTags();
      stored.hold();
      for (const event of held.splice(0)) release(event);
      queue.wake();
    } else if (send === "drop") {
      tags.refuse();
      identity.forget();
      ledger.dropped(idsOf(held.splice(0)), "consent");
      queue.clear("consent");
      clickIds.erase();
      stored.leave();
      for (const name of storage.names("")) if (name !== "consent") storage.remove(name);
    }
    if (send !== "hold") consent.save();
  }

  /** What other pages have made of the consent and of the person meanwhile. */
  function reload(): void {
    consent.reload();
    if (allowedNow().send === "allow" && identity.reload()) tags.forget();
    applyConsent();
  }

  /** The same, of which nothing that goes wrong reaches the page. */
  function safely<Given extends unknown[]>(run: (...given: Given) => void): (...given: Given) => void {
    return (...given) => {
      try {
        run(...given);
      } catch (error) {
        failed("the pixel failed", error);
      }
    };
  }

  function track(name: string, properties?: unknown, options?: TrackOptions): string {
    let id = environment.randomId();
    try {
      // A page view that is due comes before what happens on the page.
      viewNow();
      const given = options?.id;
      const isId = typeof given === "string" && /^[\w.:-]{1,128}$/.test(given);
      if (isId) id = given;
      const isName = typeof name === "string" && name.trim() !== "";
      const reportHere = (issue: Issue) => report(issue, { id, name: isName ? name : "" });
      if (given !== undefined && !isId) reportHere(leftOut("id", "1 to 128 letters, digits and ._:-"));
      if (isName) {
        emit("tracked", { id, name });
        take({
          id,
          name: name as EventName,
          time: Math.floor(now()),
          properties: copyOf(properties ?? {}, reportHere),
          context: readContext(window, app, device()),
        });
      } else {
        reportHere(leftOut("name", "the name of an event"));
        ledger.dropped([id], "invalid");
      }
    } catch (error) {
      failed("the event could not be read", error);
      ledger.dropped([id], "invalid");
    }
    return id;
  }

  function take(event: PixelEvent): void {
    const { send } = allowedNow();
    if (send === "allow") release(event);
    else if (send === "drop") ledger.dropped([event.id], "consent");
    else {
      held.push(event);
      emit("held", { ids: [event.id] });
      ledger.dropped(idsOf(held.splice(0, held.length - mostHeld)), "held_overflow");
    }
  }

  safely(() => {
    // The person may answer in another tab, or log out: a reset ends with a new id.
    window.addEventListener(
      "storage",
      safely(({ key, newValue }: StorageEvent) => {
        if (key === `${prefix}consent` || (key === `${prefix}id` && newValue)) reload();
      }),
    );
    // Or by another pixel of this page, of which storage tells the other tabs alone.
    window.addEventListener(`${prefix}consent`, safely(reload));
    const begin = safely(() => {
      applyConsent();
      if (options.pageViews !== "manual") {
        viewNow = watchPageViews(environment, () => {
          track("PageView");
        });
      }
    });
    if (isPrepared()) document.addEventListener("prerenderingchange", begin, { once: true });
    else begin();
  })();

  return {
    consent: safely((choice: Consent, options?: ConsentOptions) => {
      const bad = (message: string) =>
        report({ severity: "warning", code: "wrong_type", path: message.replace(/ .*/s, ""), message });
      consent.choose(readConsent(choice, bad), options?.asDefault);
      applyConsent();
      // Not kept yet: what is kept must not take its place.
      if (last === "hold") return;
      const { Event } = window as Window & typeof globalThis;
      window.dispatchEvent(new Event(`${prefix}consent`));
    }),
    identify: safely((user: UserData) => {
      if (typeof user !== "object" || user === null) report(leftOut("user", "an object"));
      else if (allowedNow().send !== "drop") identity.learn(user);
    }),
    reset: safely(() => {
      tags.forget();
      identity.forget();
      applyConsent();
    }),
    track: (name, ...rest) => track(name, ...rest),
    page: () => track("PageView"),
    on: ledger.on,
    async flush(options) {
      safely(viewNow)();
      let cancel = () => {};
      const late = new Promise<void>((resolve) => {
        cancel = after(options?.timeout ?? 5_000, resolve);
      });
      await Promise.race([Promise.all([queue.flush(), identity.settled()]).catch(() => {}), late]);
      cancel();
      return { ...ledger.counts(), pending: held.length + queue.pending() };
    },
  };
}
