import { toFbqCall } from "@beaconry/core/page";
import type { MetaTagOptions } from "../options.js";
import { loadScript } from "./load-script.js";
import { firstValues, type Tag, type TagStart } from "./tag.js";

/** Meta's global: a function that keeps calls until the script puts `callMethod` there. */
export interface Fbq {
  (...call: unknown[]): void;
  callMethod?: (...call: unknown[]) => void;
  queue: ArrayLike<unknown>[];
  push: Fbq;
  loaded: boolean;
  version: string;
  agent?: string;
  /** Put there by the script, which takes the calls out of `queue`. */
  getState?: () => { pixels?: readonly { id?: unknown }[] };
  /** Read by the script at the first event: no page views of its own at History changes. */
  disablePushState?: boolean;
  /** Without it the script drops every page view after the first. */
  allowDuplicatePageViews?: boolean;
}

interface MetaWindow extends Window {
  fbq?: Fbq;
  _fbq?: Fbq;
}

/** `fbq` as Meta's base code makes it. */
export function createFbq(): Fbq {
  const fbq = ((...call: unknown[]) => {
    if (fbq.callMethod) fbq.callMethod(...call);
    else fbq.queue.push(call);
  }) as Fbq;
  return Object.assign(fbq, { push: fbq, loaded: true, version: "2.0", queue: [] });
}

/**
 * Starts Meta's tag. An `fbq` that is on the page already is used, with the script that came with it; its page views at
 * History changes are switched off, since they would double ours without an event id.
 */
export function startMeta(options: MetaTagOptions, { window, keys, limitedDataUse, onFail }: TagStart): Tag {
  const page = window as MetaWindow;
  const { scriptUrl = "https://connect.facebook.net/en_US/fbevents.js", agent } = options;
  const ids = [options.pixelId].flat() as string[];
  const existing = page.fbq;
  const fbq = existing ?? createFbq();
  page.fbq = fbq;
  page._fbq ??= fbq;
  fbq.disablePushState = fbq.allowDuplicatePageViews = true;
  if (agent) fbq.agent = agent;
  if (limitedDataUse) fbq("dataProcessingOptions", ["LDU"], limitedDataUse.country, limitedDataUse.state);
  const person = firstValues(keys?.meta);
  const initialised = existing ? initialisedIn(existing) : [];
  for (const id of ids) {
    if (!options.autoConfig) fbq("set", "autoConfig", false, id);
    // Advanced matching is taken here only; a second init would count events twice.
    if (!initialised.includes(id)) fbq("init", id, person, ...(agent ? [{ agent }] : []));
  }
  if (!existing) loadScript(window, scriptUrl, options.nonce, onFail);
  return {
    track(event) {
      const { method, name, parameters, options } = toFbqCall(event);
      for (const id of ids) fbq(method, id, name, parameters, options);
      return true;
    },
    identify() {},
    consent(granted) {
      const call = ["consent", granted ? "grant" : "revoke"];
      // A refusal goes before all that still waits for the script.
      if (granted || fbq.callMethod || !fbq.queue) fbq(...call);
      else fbq.queue.unshift(call);
    },
  };
}

/** The pixels that the page has initialised itself: before its script came, and since. */
function initialisedIn(fbq: Fbq): string[] {
  const inQueue = Array.from(fbq.queue ?? [], (call) => call[0] === "init" && call[1]);
  const inScript = Object.values(fbq.getState?.().pixels ?? []).map(({ id }) => id);
  return [...inQueue, ...inScript].map(String);
}
