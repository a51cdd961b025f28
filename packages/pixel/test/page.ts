import type { Envelope, EnvelopeEvent } from "@beaconry/core";
import { Window } from "happy-dom";
import { parsePhone } from "../../core/src/phone.js";
import type { Environment } from "../src/environment.js";
import { type PixelOptions, resolveOptions } from "../src/options.js";
import { type Pixel, startPixel } from "../src/pixel.js";
import type { PixelEvents } from "../src/pixel-events.js";

/** When tests begin: the time of a landing. */
export const start = 1_760_000_000_000;

export const endpoint = "https://shop.example/collect";

/** The tags' options in tests. */
export const tags = { meta: { pixelId: "1234567890" }, tiktok: { pixelCode: "CABCDEF0123456789XYZ" } };

/** What `fetch` was called with. */
export interface Request {
  url: string;
  init: RequestInit;
  body: string;
  at: number;
}

/** Answers of the collector: a status, or what `fetch` rejects with. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> } | "offline";

/** A page of its own, with a clock that only the test turns, and a collector that answers as told. */
export interface TestPage {
  window: Window & { fbq?: unknown; ttq?: unknown };
  environment: Environment;
  requests: Request[];
  /** Bodies that the browser took over at page hide. */
  beacons: Blob[];
  /** Answers in order; `202` when none is left. */
  answers: Answer[];
  warnings: string[];
  /** What `random()` gives. */
  dice: { value: number };
  /** Whether `sendBeacon` takes the next body. */
  beaconTakes: { value: boolean };
  scripts(): HTMLScriptElement[];
  /** Turns the clock by so many milliseconds, running what is due, and lets promises settle. */
  pass(milliseconds: number): Promise<void>;
  /** How far ahead the next timer is, in milliseconds. */
  nextTimer(): number | undefined;
  /** Fires what browsers fire when a page is hidden. */
  hide(): void;
  pixel(options?: Partial<PixelOptions>): Pixel;
}

/** @param storage of an earlier page, to be the same browser */
export function openPage(url = "https://shop.example/", earlier?: TestPage): TestPage {
  const window = new Window({ url });
  leaveScriptsAlone(window);
  const clock = { now: earlier?.environment.now() ?? start };
  if (earlier) carryOver(earlier.window, window);
  const timers = new Set<{ at: number; callback: () => void }>();
  const requests: Request[] = [];
  const beacons: Blob[] = [];
  const answers: Answer[] = [];
  const warnings: string[] = [];
  const dice = { value: 0.5 };
  const beaconTakes = { value: true };
  let made = 0;

  const environment: Environment = {
    window: window as unknown as globalThis.Window,
    now: () => clock.now,
    random: () => dice.value,
    randomId: () => `id-${++made}`,
    async fetch(to, init) {
      requests.push({ url: to, init, body: String(init.body), at: clock.now });
      const answer = answers.shift() ?? { status: 202, body: { accepted: [], rejected: [] } };
      if (answer === "offline") throw new TypeError("Failed to fetch");
      const body = answer.body === undefined ? null : JSON.stringify(answer.body);
      return new Response(body, { status: answer.status, headers: answer.headers });
    },
    sendBeacon(_to, body) {
      if (beaconTakes.value) beacons.push(body);
      return beaconTakes.value;
    },
    after(delay, callback) {
      const timer = { at: clock.now + delay, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    importPhone: async () => ({ parsePhone }),
    warn: (...message) => warnings.push(message.map(String).join(" ")),
  };

  async function pass(milliseconds: number): Promise<void> {
    const end = clock.now + milliseconds;
    await settle();
    for (;;) {
      const [next] = [...timers].sort((a, b) => a.at - b.at);
      if (!next || next.at > end) break;
      clock.now = Math.max(clock.now, next.at);
      timers.delete(next);
      next.callback();
      await settle();
    }
    clock.now = end;
  }

  return {
    window,
    environment,
    requests,
    beacons,
    answers,
    warnings,
    dice,
    beaconTakes,
    scripts: () => [...window.document.querySelectorAll("script")] as unknown as HTMLScriptElement[],
    pass,
    nextTimer: () => {
      const [next] = [...timers].sort((a, b) => a.at - b.at);
      return next && next.at - clock.now;
    },
    hide() {
      Object.defineProperty(window.document, "visibilityState", { value: "hidden", configurable: true });
      window.document.dispatchEvent(new window.Event("visibilitychange"));
      window.dispatchEvent(new window.Event("pagehide"));
    },
    pixel: (options) => startPixel(resolveOptions({ endpoint, pageViews: "manual", ...options }), environment),
  };
}

/** Scripts neither load nor fail by themselves: the test says which. */
function leaveScriptsAlone({ document }: Window): void {
  const create = document.createElement.bind(document) as (name: string) => never;
  document.createElement = ((name: string) => {
    const element = create(name);
    if (name === "script") Object.defineProperty(element, "src", { value: "", writable: true });
    return element;
  }) as typeof document.createElement;
}

function carryOver(from: Window, to: Window): void {
  for (let index = 0; index < from.localStorage.length; index++) {
    const name = from.localStorage.key(index);
    if (name) to.localStorage.setItem(name, from.localStorage.getItem(name) ?? "");
  }
  for (const pair of from.document.cookie.split("; ")) if (pair) to.document.cookie = `${pair}; Path=/`;
}

/** Lets promises settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** What a body says, parsed. */
export const parse = (body: string): Envelope => JSON.parse(body);

/** All events that the collector got, in order. */
export const received = (page: TestPage): EnvelopeEvent[] =>
  page.requests.flatMap(({ body }) => [...parse(body).events]);

/** The page's cookies as an object. */
export function cookiesOf({ window }: TestPage): Record<string, string> {
  const pairs = window.document.cookie ? window.document.cookie.split("; ") : [];
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/** The page's stored values by name. */
export function stored({ window }: TestPage): Record<string, unknown> {
  const names = Array.from({ length: window.localStorage.length }, (_, index) => window.localStorage.key(index) ?? "");
  return Object.fromEntries(names.map((name) => [name, JSON.parse(window.localStorage.getItem(name) ?? "null")]));
}

/** Keeps what a pixel emits. */
export function listen<Type extends keyof PixelEvents>(pixel: Pixel, type: Type): PixelEvents[Type][] {
  const heard: PixelEvents[Type][] = [];
  pixel.on(type, (event) => heard.push(event));
  return heard;
}
