import { useEffect, useRef } from "react";

/**
 * Tracks what a component shows, once for each `key`: not at every render, and not twice under StrictMode.
 *
 * ```tsx
 * useTrackOnce(product.id, () => pixel.track("ViewContent", { contents: [product] }));
 * ```
 */
export function useTrackOnce(key: string, track: () => void): void {
  const tracked = useRef<string>(undefined);
  useEffect(() => {
    if (tracked.current === key) return;
    tracked.current = key;
    track();
  });
}
