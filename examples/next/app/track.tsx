"use client";

import { useEffect, useRef } from "react";
import { socks } from "../socks";
import { pixel } from "./pixel";

/** Tracks that the product is shown, once. */
export function TrackView() {
  useOnce("view", () => pixel.track("ViewContent", socks));
  return null;
}

/** Tracks the page's copy of an order. The order's id is the event's: after a reload it counts once all the same. */
export function TrackPurchase({ id }: { id: string }) {
  useOnce(id, () => pixel.track("Purchase", { ...socks, orderId: id }, { id }));
  return null;
}

/** Once for each key, under StrictMode too. */
function useOnce(key: string, track: () => void): void {
  const tracked = useRef<string>(undefined);
  useEffect(() => {
    if (tracked.current === key) return;
    tracked.current = key;
    track();
  });
}
