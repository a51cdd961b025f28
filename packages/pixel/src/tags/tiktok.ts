import { toTtqCall } from "@beaconry/core/page";
import type { TikTokTagOptions } from "../options.js";
import { loadScript } from "./load-script.js";
import { firstValues, type Tag, type TagStart } from "./tag.js";

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
  _partner?: string;
};

interface TikTokWindow extends Window {
  ttq?: Ttq;
  TiktokAnalyticsObject?: string;
}

function setAndDefer(queue: TtqQueue, method: string): void {
  queue[method] = (...given: unknown[]) => {
    queue.push([method, ...given]);
  };
}

function deferAll(queue: TtqQueue): TtqQueue {
  for (const method of methods) setAndDefer(queue, method);
  return queue;
}

/** `ttq` as TikTok's base code makes it, save `load`, which the caller brings. */
export function createTtq(load: NonNullable<Ttq["load"]>): Ttq {
  const ttq = deferAll([] as unknown[] as Ttq) as Ttq;
  const instance = (pixelCode: string) => deferAll(ttq._i?.[pixelCode] ?? ([] as unknown[] as TtqQueue));
  return Object.assign(ttq, { methods, setAndDefer, instance, load });
}

/**
 * Starts TikTok's tag. A `ttq` that is on the page already is used, with what is loaded there; each call goes to our
 * pixels alone.
 */
export function startTikTok(options: TikTokTagOptions, { window, keys, limitedDataUse, now, onFail }: TagStart): Tag {
  const page = window as TikTokWindow;
  const { region = "", agent, autoConfig, nonce } = options;
  const host = `analytics.${region && `${region}.`}tiktok.com`;
  const { scriptUrl = `https://${host}/i18n/pixel/events.js` } = options;
  const load = (code: string, loadOptions: Record<string, unknown> = {}) => {
    ttq._i ??= {};
    ttq._t ??= {};
    ttq._o ??= {};
    ttq._i[code] = Object.assign([] as unknown[] as TtqQueue, { _u: scriptUrl });
    ttq._t[code] = now();
    ttq._o[code] = loadOptions;
    loadScript(window, `${scriptUrl}?sdkid=${code}&lib=ttq`, nonce, onFail);
  };
  const existing = page.ttq;
  const ttq = existing ?? createTtq(load);
  page.TiktokAnalyticsObject ??= "ttq";
  page.ttq = ttq;
  if (agent) ttq._partner = agent;
  const codes = [options.pixelCode].flat() as string[];
  for (const code of codes) {
    if (ttq._i?.[code]) continue;
    load(code, {
      ...(!autoConfig && { autoConfig: false }),
      ...(limitedDataUse && { limited_data_use: true }),
      ...(agent && { partner: agent }),
    });
  }
  const isCommon = !existing && codes.length === 1;
  const common = () => page.ttq ?? ttq;
  /**
   * Ours alone, where there are others, who may come later. Asked for at each call: the script puts its own in the place
   * of the queues.
   */
  const targets = () =>
    isCommon && Object.keys(common()._i ?? {}).length < 2
      ? [common()]
      : codes.map((code) => common().instance?.(code) ?? common());
  const callOn = (target: TtqQueue, method: string, given: unknown[] = []) =>
    (target[method] as ((...given: unknown[]) => void) | undefined)?.(...given);
  const call = (method: string, ...given: unknown[]) => {
    for (const target of targets()) callOn(target, method, given);
  };
  const identify: Tag["identify"] = ({ tiktok }) => {
    // As the browser library names them, which is not how the Events API does.
    const user = firstValues(tiktok, { email: "email", phone: "phone_number", external_id: "external_id" });
    if (Object.keys(user).length) call("identify", user);
  };
  if (keys) identify(keys);
  return {
    track(event) {
      if (event.name === "PageView" && options.pageViews !== "tag") return false;
      const [method, ...given] = toTtqCall(event);
      call(method, ...given);
      return true;
    },
    identify,
    consent(granted) {
      // In the common queue there may be calls from before others came.
      for (const target of new Set([...(isCommon ? [common()] : []), ...targets()])) {
        const before = target.length;
        callOn(target, granted ? "grantConsent" : "revokeConsent");
        // A refusal goes before all that still waits for the script.
        if (!granted && target.length > before) target.unshift(target.pop());
      }
    },
  };
}
