import type { Environment } from "./environment.js";

interface NavigationEvents {
  addEventListener(type: "currententrychange", listener: (event: { navigationType: string | null }) => void): void;
}

/** The page's address without the part behind `#`, unless that is a route: `#/cart`, `#!cart`. */
function addressOf({ location }: Window): string {
  return location.href.replace(/#(?![/!]).*/s, "");
}

/**
 * Calls back for this page and for every change of its address, by the Navigation API or, where there is none, by the
 * History API. Once the script that changes it is done, so that a redirect is one view. A replacement within the same path, such
 * as of a filter in the query, is no view.
 * @returns calls back at once for a view that is still to come
 */
export function watchPageViews(
  { window, after }: Pick<Environment, "window" | "after">,
  callback: () => void,
): () => void {
  let counted = "";
  let path = "";
  let cancel: (() => void) | undefined;
  const view = () => {
    if (!cancel) return;
    cancel();
    cancel = undefined;
    const address = addressOf(window);
    if (address === counted) return;
    counted = address;
    path = address.replace(/\?[^#]*/, "");
    callback();
  };
  const later = () => {
    cancel ??= after(0, view);
  };
  const changed = (how: string | null) => {
    const address = addressOf(window);
    if (how !== "replace" || address.replace(/\?[^#]*/, "") !== path) later();
    else if (!cancel) counted = address;
  };
  const { navigation, history } = window as Window & { navigation?: NavigationEvents };
  if (navigation) navigation.addEventListener("currententrychange", ({ navigationType }) => changed(navigationType));
  else {
    for (const method of ["pushState", "replaceState"] as const) {
      const original = history[method];
      history[method] = function (...change) {
        original.apply(this, change);
        changed(method.slice(0, -5));
      };
    }
    window.addEventListener("popstate", later);
  }
  // Back from the back/forward cache it is seen anew.
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    counted = "";
    later();
  });
  later();
  return view;
}
