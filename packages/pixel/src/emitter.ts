import type { Issue } from "@beaconry/core";
import type { DropReason } from "./drop-reason.js";

/** A problem that the pixel found; it never throws for one. */
export interface ReportedIssue {
  readonly issue: Issue;
  /** The event's id and name, where the problem is in an event. */
  readonly id?: string;
  readonly name?: string;
}

/** Events that were given up. */
export interface Dropped {
  readonly ids: readonly string[];
  readonly reason: DropReason;
  /** What the collector said of it, with the reason `rejected`. */
  readonly issues?: readonly Issue[];
}

/** What `on` can listen to. */
export interface PixelEvents {
  issue: ReportedIssue;
  /** An event waits for the person's answer. */
  held: { readonly ids: readonly string[] };
  /** The collector has these, or, at page hide, the browser took them for delivery. */
  sent: { readonly ids: readonly string[] };
  dropped: Dropped;
}

type Listener<Type extends keyof PixelEvents> = (event: PixelEvents[Type]) => void;

/** Tells listeners. One that throws disturbs neither the others nor the pixel. */
export interface Emitter {
  on<Type extends keyof PixelEvents>(type: Type, listener: Listener<Type>): () => void;
  emit<Type extends keyof PixelEvents>(type: Type, event: PixelEvents[Type]): void;
}

/**
 * An emitter without listeners.
 * @param onError takes what a listener threw
 */
export function createEmitter(onError: (error: unknown) => void): Emitter {
  const listeners: { [Type in keyof PixelEvents]: Set<Listener<Type>> } = {
    issue: new Set(),
    held: new Set(),
    sent: new Set(),
    dropped: new Set(),
  };
  return {
    on(type, listener) {
      // A listener of its own for each call, so that the same function can listen twice.
      const own: typeof listener = (event) => listener(event);
      listeners[type]?.add(own);
      return () => {
        listeners[type]?.delete(own);
      };
    },
    emit(type, event) {
      for (const listener of [...listeners[type]]) {
        try {
          listener(event);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
