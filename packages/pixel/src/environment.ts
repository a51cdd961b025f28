import { uuidFromBytes } from "@beaconry/core/page";
import type { ParsePhone } from "@beaconry/core/phone";

/** All that the pixel takes from its surroundings, so that tests can put their own in its place. */
export interface Environment {
  readonly window: Window;
  /** Milliseconds since 1970. */
  now(): number;
  /** From 0 to 1, without 1. */
  random(): number;
  /** A new event id. */
  randomId(): string;
  fetch(url: string, init: RequestInit): Promise<Response>;
  /** Whether the browser took the body for delivery. */
  sendBeacon(url: string, body: Blob): boolean;
  /** Calls back after so many milliseconds; gives what cancels it. */
  after(delay: number, callback: () => void): () => void;
  /** Loads the tables of national phone numbers. */
  importPhone(): Promise<{ parsePhone: ParsePhone }>;
  /** Tells the developer. */
  log(...message: unknown[]): void;
}

/** A version 4 UUID. `crypto.randomUUID` exists in secure contexts only, and in some web views there is no `crypto`. */
export function randomId(): string {
  const { crypto } = globalThis as { crypto?: Partial<Crypto> };
  const uuid = crypto?.randomUUID?.();
  if (uuid) return uuid;
  const bytes = Uint8Array.from({ length: 16 }, () => Math.random() * 256);
  crypto?.getRandomValues?.(bytes);
  return uuidFromBytes(bytes);
}

/** The page's own. Called by name each time, so that what a page puts in their place later is used as well. */
export function browserEnvironment(): Environment {
  return {
    window,
    now: Date.now,
    random: Math.random,
    randomId,
    fetch: (url, init) => fetch(url, init),
    sendBeacon: (url, body) => navigator.sendBeacon(url, body),
    after(delay, callback) {
      // More is none at all to a browser.
      const timer = setTimeout(callback, Math.min(delay, 2 ** 31 - 1));
      return () => clearTimeout(timer);
    },
    importPhone: () => import("@beaconry/core/phone"),
    // biome-ignore lint/suspicious/noConsole: called only when the option `debug` asks for it.
    log: (...message) => console.log("Beaconry:", ...message),
  };
}
