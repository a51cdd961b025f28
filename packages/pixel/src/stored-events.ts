import type { EnvelopeEvent } from "@beaconry/core";
import type { Environment } from "./environment.js";
import { hashesOf } from "./identity.js";
import { type PixelStorage, prefix } from "./storage.js";

/** An event that waits, as a page keeps it. */
export type StoredEvent = Omit<EnvelopeEvent, "consent">;

/** Events that wait, kept so that a later page can send them when this one could not. */
export interface StoredEvents {
  /** Without what must not be stored: what TikTok takes in the clear, and the device. */
  keep(event: StoredEvent): void;
  /** Whether the event was kept, and another page has taken it over. */
  isTaken(event: StoredEvent): boolean;
  remove(event: StoredEvent): void;
  /**
   * Hands over, and keeps as this page's, what pages that are gone have left, as long as there is room. Gives whether
   * other pages' events are left. Never rejects.
   */
  adopt(take: (event: StoredEvent) => void, hasRoom: () => boolean): Promise<boolean>;
  /** This page is here, its events are its own. */
  hold(): void;
  /** This page is left: whoever comes next may have them. */
  leave(): void;
}

/** Where there are no Web Locks, a page that has given no sign for so long is gone. Milliseconds. */
const lease = 180_000;

/**
 * Every page has a folder of its own, `queue.<page>.<id>.<name>`, and holds a lock on it for as long as it lives; one whose
 * lock is free is taken over. Without Web Locks, pages that keep events sign `page.<page>` with the time instead.
 */
export function openStoredEvents(
  storage: PixelStorage,
  { window, now, randomId }: Pick<Environment, "window" | "now" | "randomId">,
): StoredEvents {
  const { locks } = window.navigator;
  /** Given by `hold`. */
  let page = "";
  let signedAt = now();
  let release: (() => void) | undefined;
  /** Where this page's events are, by what makes an event one: its id and its name. */
  const names = new Map<string, string>();

  function write(event: StoredEvent): void {
    wakeUp();
    const name = `queue.${page}.${keyOf(event)}`;
    if (storage.write(name, event)) names.set(keyOf(event), name);
    sign();
  }

  function sign(): void {
    signedAt = now();
    if (!locks && names.size) storage.write(`page.${page}`, signedAt);
  }

  /** Neither long ago nor of the future: clocks are set. */
  const isRecent = (sign: number) => Math.abs(now() - sign) < lease;

  /** A page that has slept for longer than its sign lasts is a new one: others may have taken what it had. */
  function wakeUp(): void {
    if (locks || isRecent(signedAt)) return;
    page = randomId();
    signedAt = now();
  }

  async function ifGone(owner: string, run: () => void): Promise<void> {
    if (locks) await locks.request(prefix + owner, { ifAvailable: true }, (lock) => (lock ? run() : undefined));
    else if (!isRecent(Number(storage.read(`page.${owner}`)))) run();
  }

  function moveFrom(owner: string, take: (event: StoredEvent) => void, hasRoom: () => boolean): void {
    for (const name of storage.names(`queue.${owner}.`)) {
      if (!hasRoom()) return;
      const event = storage.read(name) as StoredEvent | null;
      storage.remove(name);
      if (typeof event?.id !== "string") continue;
      write(event);
      take(event);
    }
    storage.remove(`page.${owner}`);
  }

  /** The pages that have something here. */
  function others(): Set<string> {
    const owners = [...storage.names("queue."), ...storage.names("page.")].map((name) => name.split(".")[1] ?? "");
    return new Set(owners.filter((owner) => owner !== page));
  }

  return {
    keep({ matchKeys, ...event }) {
      const context = { ...event.context, device: undefined };
      write({ ...event, context, matchKeys: matchKeys && hashesOf(matchKeys) });
    },
    isTaken(event) {
      wakeUp();
      const name = names.get(keyOf(event));
      // What is gone of this page's own was removed by the page: with all of its storage, say.
      return name !== undefined && !name.startsWith(`queue.${page}.`) && storage.read(name) === null;
    },
    remove(event) {
      const name = names.get(keyOf(event));
      if (name) storage.remove(name);
      names.delete(keyOf(event));
    },
    async adopt(take, hasRoom) {
      wakeUp();
      sign();
      for (const owner of others()) await ifGone(owner, () => moveFrom(owner, take, hasRoom)).catch(() => {});
      return others().size > 0;
    },
    hold() {
      if (release) return;
      // A page that comes back is a new one: others may have taken what it left.
      page = randomId();
      const done = new Promise<void>((resolve) => {
        release = resolve;
      });
      locks?.request(prefix + page, () => done).catch(() => {});
    },
    leave() {
      release?.();
      release = undefined;
      storage.remove(`page.${page}`);
    },
  };
}

/** Vendors count two events of one id and one name as one; of two names they are two, such as of one order. */
export function keyOf({ id, name }: StoredEvent): string {
  return `${id}.${name}`;
}
