import { uuidFromBytes } from "@beaconry/core";
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
  warn(...message: unknown[]): void;
}

/** A version 4 UUID. `crypto.randomUUID` exists in secure contexts only. */
export function randomId(): string {
  return crypto.randomUUID?.() ?? uuidFromBytes(crypto.getRandomValues(new Uint8Array(16)));
}

/** The page's own. */
export function browserEnvironment(): Environment {
  return {
    window,
    now: Date.now,
    random: Math.random,
    randomId,
    fetch: (url, init) => fetch(url, init),
    sendBeacon: (url, body) => navigator.sendBeacon(url, body),
    after(delay, callback) {
      const timer = setTimeout(callback, delay);
      return () => clearTimeout(timer);
    },
    importPhone: () => import("@beaconry/core/phone"),
    // biome-ignore lint/suspicious/noConsole: called only when the option `debug` asks for it.
    warn: (...message) => console.warn("Beaconry:", ...message),
  };
}
