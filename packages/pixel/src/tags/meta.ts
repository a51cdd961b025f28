import type { VendorKeys } from "@beaconry/core";
import { toFbqCall } from "@beaconry/core/meta";
import type { MetaTagOptions } from "../options.js";
import { loadScript } from "./load-script.js";
import { firstValue, type Tag, type TagStart } from "./tag.js";

/** Meta's global: a function that keeps calls until the script puts `callMethod` there. */
export interface Fbq {
  (...call: unknown[]): void;
  callMethod?: (...call: unknown[]) => void;
  queue: ArrayLike<unknown>[];
  push: Fbq;
  loaded: boolean;
  version: string;
  /** Read by the script at the first event: no page views of its own at History changes. */
  disablePushState?: boolean;
  /** Without it the script drops every page view after the first. */
  allowDuplicatePageViews?: boolean;
}

interface MetaWindow extends Window {
  fbq?: Fbq;
  _fbq?: Fbq;
}

const defaultScript = "https://connect.facebook.net/en_US/fbevents.js";

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
  const { pixelId } = options;
  const existing = page.fbq;
  const fbq = existing ?? createFbq();
  page.fbq = fbq;
  page._fbq ??= fbq;
  fbq.disablePushState = fbq.allowDuplicatePageViews = true;
  if (limitedDataUse) fbq("dataProcessingOptions", ["LDU"], limitedDataUse.country, limitedDataUse.state);
  fbq("set", "autoConfig", false, pixelId);
  const isInitialised = existing?.queue?.some?.((call) => call[0] === "init" && String(call[1]) === pixelId);
  // Advanced matching is taken here only; a second init would count events twice.
  if (!isInitialised) fbq("init", pixelId, advancedMatching(keys?.meta));
  let loaded = existing !== undefined;
  if (!existing) {
    const onLoad = () => {
      loaded = true;
    };
    loadScript(window, options.scriptUrl ?? defaultScript, { nonce: options.nonce, onLoad, onError: onFail });
  }
  return {
    vendor: "meta",
    track(event) {
      const call = toFbqCall(event);
      fbq(call.method, pixelId, call.name, call.parameters, call.options);
    },
    identify() {},
    revoke() {
      // Before all that still waits for the script.
      if (fbq.callMethod || !fbq.queue) fbq("consent", "revoke");
      else fbq.queue.unshift(["consent", "revoke"]);
    },
    grant: () => fbq("consent", "grant"),
    hasLoaded: () => loaded,
  };
}

function advancedMatching(keys: VendorKeys | undefined): Record<string, string | undefined> {
  return Object.fromEntries(Object.keys(keys ?? {}).map((name) => [name, firstValue(keys, name)]));
}
