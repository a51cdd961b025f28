/**
 * Calls back when the page may be about to go: hidden is the last state that is sure to be seen on phones, `pagehide`
 * covers browsers that do not tell it at navigation, and is the one at which the page is left (`isLeaving`). Not `unload`, which would keep the page from the back/forward cache.
 */
export function onPageHide(window: Window, callback: (isLeaving: boolean) => void): void {
  const { document } = window;
  window.addEventListener("pagehide", () => callback(true));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") callback(false);
  });
}
