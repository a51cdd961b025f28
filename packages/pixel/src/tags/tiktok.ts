import { toTtqCall } from "@beaconry/core/tiktok";
import type { TikTokTagOptions } from "../options.js";
import { loadScript } from "./load-script.js";
import { firstValue, type Tag, type TagStart } from "./tag.js";

/** The methods that TikTok's base code defers. */
const methods = (
  "page track identify instances debug on off once ready alias group enableCookie disableCookie " +
  "holdConsent revokeConsent grantConsent"
).split(" ");

/** A queue of `[method, ...arguments]`, with a method for each of the deferred ones. */
export type TtqQueue = unknown[] & Record<string, unknown> & { _u?: string };

/** TikTok's global: an array, not a function. One queue for all pixels, and one for each in `_i`. */
export type Ttq = TtqQueue & {
  methods?: string[];
  setAndDefer?: (queue: TtqQueue, method: string) => void;
  instance?: (pixelCode: string) => TtqQueue;
  load?: (pixelCode: string, options?: Record<string, unknown>) => void;
  /** Queues, load times and options by pixel code. */
  _i?: Record<string, TtqQueue>;
  _t?: Record<string, number>;
  _o?: Record<string, Record<string, unknown>>;
};

interface TikTokWindow extends Window {
  ttq?: Ttq;
  TiktokAnalyticsObject?: string;
}

const defaultScript = "https://analytics.tiktok.com/i18n/pixel/events.js";

function setAndDefer(queue: TtqQueue, method: string): void {
  queue[method] = (...given: unknown[]) => {
    queue.push([method, ...given]);
  };
}

/** `ttq` as TikTok's base code makes it, save `load`, which the caller brings. */
export function createTtq(load: NonNullable<Ttq["load"]>): Ttq {
  const ttq = [] as unknown[] as Ttq;
  for (const method of methods) setAndDefer(ttq, method);
  return Object.assign(ttq, {
    methods,
    setAndDefer,
    instance(pixelCode: string) {
      const queue = ttq._i?.[pixelCode] ?? ([] as unknown[] as TtqQueue);
      for (const method of methods) setAndDefer(queue, method);
      return queue;
    },
    load,
  });
}

/**
 * Starts TikTok's tag. A `ttq` that is on the page already is used: calls then go to our pixel alone, not to the
 * others on it.
 */
export function startTikTok(options: TikTokTagOptions, { window, keys, limitedDataUse, now, onFail }: TagStart): Tag {
  const page = window as TikTokWindow;
  const { pixelCode, nonce, scriptUrl = defaultScript } = options;
  let loaded = false;
  const existing = page.ttq;
  const load = (code: string, loadOptions: Record<string, unknown> = {}) => {
    ttq._i ??= {};
    ttq._i[code] = Object.assign([] as unknown[] as TtqQueue, { _u: scriptUrl });
    ttq._t ??= {};
    ttq._t[code] = now();
    ttq._o ??= {};
    ttq._o[code] = loadOptions;
    const url = `${scriptUrl}?sdkid=${code}&lib=ttq`;
    loadScript(window, url, { nonce, onLoad: () => (loaded = true), onError: onFail });
  };
  const ttq = existing ?? createTtq(load);
  page.TiktokAnalyticsObject ??= "ttq";
  page.ttq = ttq;
  // Another snippet has loaded our pixel: how far it got is not to be seen from here.
  if (ttq._i?.[pixelCode]) loaded = true;
  else load(pixelCode, limitedDataUse ? { limited_data_use: true } : {});
  const target = (existing && ttq.instance?.(pixelCode)) || ttq;
  const call = (method: string, ...given: unknown[]) =>
    (target[method] as ((...given: unknown[]) => void) | undefined)?.(...given);
  const identify: Tag["identify"] = ({ tiktok }) => {
    // As the browser library names them, which is not how the Events API does.
    const user = {
      email: firstValue(tiktok, "email"),
      phone_number: firstValue(tiktok, "phone"),
      external_id: firstValue(tiktok, "external_id"),
    };
    const present = Object.entries(user).filter(([, value]) => value);
    if (present.length) call("identify", Object.fromEntries(present));
  };
  if (keys) identify(keys);
  return {
    vendor: "tiktok",
    track(event) {
      const [method, ...given] = toTtqCall(event);
      call(method, ...given);
    },
    identify,
    revoke() {
      // Before all that still waits for the script.
      if (loaded || existing) call("revokeConsent");
      else ttq.unshift(["revokeConsent"]);
    },
    grant: () => call("grantConsent"),
    hasLoaded: () => loaded,
  };
}
