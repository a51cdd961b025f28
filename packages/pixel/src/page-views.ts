/** The page's address without the part behind `#`, which is a place on the page. */
export function pageAddress({ location }: Window): string {
  return location.href.replace(/#.*/s, "");
}

/**
 * Calls back at once and at every change of the address, by the History API or by going back and forth. Called after
 * the change, since TikTok's `page()` reads the address.
 */
export function watchPageViews(window: Window, callback: () => void): void {
  let counted = pageAddress(window);
  const check = () => {
    const address = pageAddress(window);
    if (address === counted) return;
    counted = address;
    callback();
  };
  const { history } = window;
  for (const method of ["pushState", "replaceState"] as const) {
    const original = history[method];
    history[method] = function (...change) {
      original.apply(this, change);
      check();
    };
  }
  window.addEventListener("popstate", check);
  callback();
}
