import type { Envelope, EnvelopeEvent } from "@beaconry/core";
import { Window } from "happy-dom";
import { readPerson } from "../../core/src/person.js";
import { parsePhone } from "../../core/src/phone.js";
import type { Environment } from "../src/environment.js";
import { checkOptions, type PixelOptions } from "../src/options.js";
import { type Pixel, startPixel } from "../src/pixel.js";
import type { PixelEvents } from "../src/pixel-events.js";
import { usualForms } from "../src/read-person.js";

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
  /** What it was answered with; 0 where no answer came. */
  status: number;
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
  /** Loads what reads the unusual forms of a person's data. */
  person: { load: () => Promise<{ readPerson: typeof readPerson }> };
  /** What `random()` gives. */
  dice: { value: number };
  /** Whether `sendBeacon` takes the next body. */
  beaconTakes: { value: boolean };
  scripts(): HTMLScriptElement[];
  /** Turns the clock by so many milliseconds, running what is due, and lets promises settle. */
  pass(milliseconds: number): Promise<void>;
  /** How far ahead the next timer is, in milliseconds. */
  nextTimer(): number | undefined;
  /** Fires what browsers fire when another tab is looked at. */
  hideTab(): void;
  /** Fires what browsers fire when a page is left. */
  hide(): void;
  /** Fires what browsers fire when the page comes back from the back/forward cache. */
  comeBack(): void;
  pixel(options?: Partial<PixelOptions>): Pixel;
  machine: Machine;
}

/** What the pages of one browser have in common. */
interface Machine {
  clock: { now: number };
  timers: Set<{ at: number; callback: () => void; of: Window }>;
  /** How many ids were made: no two pages make the same. */
  ids: { made: number };
  /** Where there are several tabs. */
  tabs: Window[];
  storage?: Window["localStorage"];
  /** Names of the stored values whose change other tabs were told of. */
  told: string[];
}

/** Tabs are told of so many changes of storage at most, so that two that answer each other do not go on for ever. */
const mostTold = 64;

/** @param earlier a page that is gone: its storage and cookies are those of the new one, to be the same browser */
export function openPage(url = "https://shop.example/", earlier?: TestPage): TestPage {
  const window = new Window({ url });
  if (earlier) carryOver(earlier.window, window);
  return pageOf(window, {
    clock: { now: earlier?.environment.now() ?? start },
    timers: new Set(),
    ids: earlier?.machine.ids ?? { made: 0 },
    tabs: [],
    told: [],
  });
}

/** A page in another tab of the same browser: one clock, one storage, and each is told what the others change in it. */
export function openTab(beside: TestPage, url = "https://shop.example/"): TestPage {
  const { machine } = beside;
  const { tabs } = machine;
  const window = new Window({ url });
  machine.storage ??= beside.window.localStorage;
  for (const tab of [...(tabs.length ? [] : [beside.window]), window]) {
    tabs.push(tab);
    shareStorage(machine, tab, machine.storage);
  }
  return pageOf(window, machine);
}

function pageOf(window: Window, machine: Machine): TestPage {
  leaveScriptsAlone(window);
  const { clock, timers, ids } = machine;
  const requests: Request[] = [];
  const beacons: Blob[] = [];
  const answers: Answer[] = [];
  const warnings: string[] = [];
  const person: TestPage["person"] = { load: async () => ({ readPerson }) };
  const dice = { value: 0.5 };
  const beaconTakes = { value: true };
  const environment: Environment = {
    window: window as unknown as globalThis.Window,
    now: () => clock.now,
    random: () => dice.value,
    randomId: () => `id-${++ids.made}`,
    async fetch(to, init) {
      const answer = answers.shift() ?? { status: 202, body: { accepted: [], rejected: [] } };
      const status = answer === "offline" ? 0 : answer.status;
      requests.push({ url: to, init, body: String(init.body), at: clock.now, status });
      if (answer === "offline") throw new TypeError("Failed to fetch");
      const body = answer.body === undefined ? null : JSON.stringify(answer.body);
      return new Response(body, { status: answer.status, headers: answer.headers });
    },
    sendBeacon(_to, body) {
      if (beaconTakes.value) beacons.push(body);
      return beaconTakes.value;
    },
    after(delay, callback) {
      const timer = { at: clock.now + delay, callback, of: window };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    importPhone: async () => ({ parsePhone }),
    log: (...message) =>
      warnings.push(message.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join(" ")),
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

  const look = (visibilityState: string) => {
    Object.defineProperty(window.document, "visibilityState", { value: visibilityState, configurable: true });
    window.document.dispatchEvent(new window.Event("visibilitychange"));
  };

  return {
    window,
    environment,
    machine,
    requests,
    beacons,
    answers,
    warnings,
    person,
    dice,
    beaconTakes,
    scripts: () => [...window.document.querySelectorAll("script")] as unknown as HTMLScriptElement[],
    pass,
    nextTimer: () => {
      const [next] = [...timers].sort((a, b) => a.at - b.at);
      return next && next.at - clock.now;
    },
    hideTab: () => look("hidden"),
    // In the order of the HTML standard, "unload a document".
    hide() {
      window.dispatchEvent(new window.Event("pagehide"));
      look("hidden");
    },
    comeBack() {
      window.dispatchEvent(Object.assign(new window.Event("pageshow"), { persisted: true }));
      look("visible");
    },
    pixel(given) {
      const options: PixelOptions = { endpoint, pageViews: "manual", ...given };
      checkOptions(options);
      const read = usualForms(() => person.load());
      return startPixel(options, read, environment);
    },
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

/** The window's storage becomes this one; who writes is not told, as browsers have it, and no change is no news. */
function shareStorage({ tabs, told }: Machine, own: Window, storage: Window["localStorage"]): void {
  const tell = (name: string, oldValue: string | null, newValue: string | null) => {
    for (const tab of tabs) {
      if (tab === own || oldValue === newValue || told.length >= mostTold) continue;
      told.push(name);
      setTimeout(
        () => tab.dispatchEvent(new tab.StorageEvent("storage", { key: name, newValue: newValue ?? undefined })),
        0,
      );
    }
  };
  const shared = new Proxy(storage, {
    get(target, property) {
      const value = Reflect.get(target, property) as unknown;
      if (property !== "setItem" && property !== "removeItem")
        return typeof value === "function" ? value.bind(target) : value;
      return (name: string, text?: string) => {
        const before = target.getItem(name);
        target[property](name, text as string);
        tell(name, before, target.getItem(name));
      };
    },
  });
  Object.defineProperty(own, "localStorage", { value: shared, configurable: true });
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

/** Leaves storage no room for values of names that begin so, unless they take no more than those that are there. */
export function fillStorage({ window }: TestPage, prefix = "beaconry."): void {
  const { localStorage } = window;
  const setItem = (name: string, value: string) => {
    if (name.startsWith(prefix) && value.length > (localStorage.getItem(name) ?? "").length)
      throw new DOMException("full", "QuotaExceededError");
    localStorage.setItem(name, value);
  };
  // A property of its own would be a stored value: happy-dom's storage takes it for one, and goes on writing.
  const full = new Proxy(localStorage, {
    get: (target, name) => (name === "setItem" ? setItem : Reflect.get(target, name).bind?.(target)),
  });
  Object.defineProperty(window, "localStorage", { value: full });
}

/** The events in the stored queue: `beaconry.queue.<page>.<id>.<name>`. */
export function storedEvents(page: TestPage): { page: string; id: string; event: Record<string, unknown> }[] {
  return Object.entries(stored(page)).flatMap(([name, value]) => {
    const [, owner, id] = /^beaconry\.queue\.([^.]+)\.(.+)\.[^.]+$/.exec(name) ?? [];
    return owner && id ? [{ page: owner, id, event: value as Record<string, unknown> }] : [];
  });
}

/** Web Locks within one browser: exclusive, in the order in which they are asked for. */
export function createLocks() {
  const queues = new Map<string, (() => void)[]>();
  const next = (name: string) => {
    queues.get(name)?.shift();
    queues.get(name)?.[0]?.();
  };
  const locks = {
    request(name: string, ...[given, run = given]: [options: unknown, callback?: unknown]): Promise<unknown> {
      const { ifAvailable } = given as { ifAvailable?: boolean };
      const use = run as (lock: { name: string } | null) => unknown;
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      if (ifAvailable && queue.length) return Promise.resolve().then(() => use(null));
      return new Promise((resolve, reject) => {
        const turn = () => {
          Promise.resolve()
            .then(() => use({ name }))
            .then(resolve, reject)
            .finally(() => next(name));
        };
        if (queue.push(turn) === 1) turn();
      });
    },
  };
  return {
    put({ window }: TestPage) {
      Object.defineProperty(window.navigator, "locks", { value: locks, configurable: true });
    },
    /** Names of the locks that are held. */
    held: () => [...queues].filter(([, queue]) => queue.length).map(([name]) => name),
    /** As a browser does when a page has ended. */
    free: next,
  };
}

/** A page that has ended without a word: it does nothing any more. */
export function kill({ machine: { timers }, window, environment }: TestPage): void {
  for (const timer of timers) if (timer.of === window) timers.delete(timer);
  environment.after = () => () => {};
}

/** Cookies as a browser keeps them that knows which domains belong to nobody alone. Puts them into the page. */
export function putCookies(page: TestPage, publicSuffixes: readonly string[]): Cookie[] {
  const jar: Cookie[] = [];
  const { hostname } = page.window.location;
  const isAbove = (domain: string) => hostname === domain || hostname.endsWith(`.${domain}`);
  Object.defineProperty(page.window.document, "cookie", {
    get: () =>
      jar
        .filter(({ domain }) => !domain || isAbove(domain))
        .map(({ name, value }) => `${name}=${value}`)
        .join("; "),
    set(text: string) {
      const [pair = "", ...parts] = text.split("; ");
      const [name = "", value = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      const attributes = Object.fromEntries(parts.map((part) => [...part.split("="), ""]));
      const domain = attributes.Domain?.replace(/^\./, "");
      if (domain !== undefined && (!isAbove(domain) || publicSuffixes.includes(domain))) return;
      const before = jar.findIndex((cookie) => cookie.name === name && cookie.domain === domain);
      if (before >= 0) jar.splice(before, 1);
      const maxAge = Number(attributes["Max-Age"]);
      if (maxAge > 0) jar.push({ name, value, domain, maxAge, text });
    },
  });
  return jar;
}

/** A cookie in a jar. */
export interface Cookie {
  name: string;
  value: string;
  /** `undefined`: of this host alone. */
  domain: string | undefined;
  maxAge: number;
  /** As it was written. */
  text: string;
}

/** Keeps what a pixel emits. */
export function listen<Type extends keyof PixelEvents>(pixel: Pixel, type: Type): PixelEvents[Type][] {
  const heard: PixelEvents[Type][] = [];
  pixel.on(type, (event) => heard.push(event));
  return heard;
}
