/** What happens to a page. */
export interface LifecycleListeners {
  /** It may be about to go: hidden is the last state that is sure to be seen on phones. */
  onHide(): void;
  /** It is left, and may be kept for coming back to. */
  onLeave(): void;
  /** Somebody came back to it. */
  onReturn(): void;
}

/**
 * Listens to the page's lifecycle. Not to `unload`, which would keep the page from the back/forward cache.
 * @returns whether the page is left
 */
export function watchLifecycle(window: Window, { onHide, onLeave, onReturn }: LifecycleListeners): () => boolean {
  const { document } = window;
  let isLeft = false;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && !isLeft) onHide();
  });
  window.addEventListener("pagehide", () => {
    isLeft = true;
    onLeave();
  });
  window.addEventListener("pageshow", () => {
    if (!isLeft) return;
    isLeft = false;
    onReturn();
  });
  return () => isLeft;
}
