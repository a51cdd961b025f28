/** Tells listeners what happens, by kind. One that throws disturbs neither the others nor who tells. */
export interface Emitter<Events extends object> {
  /** Calls the listener at each event of that kind; gives what ends it. */
  on<Kind extends keyof Events>(kind: Kind, listener: (event: Events[Kind]) => void): () => void;
  emit<Kind extends keyof Events>(kind: Kind, event: Events[Kind]): void;
}

/**
 * An emitter without listeners.
 * @param onError takes what a listener threw
 */
export function createEmitter<Events extends object>(onError: (error: unknown) => void = () => {}): Emitter<Events> {
  const listeners = new Map<keyof Events, Set<(event: never) => void>>();
  return {
    on(kind, listener) {
      // A listener of its own for each call, so that the same function can listen twice.
      const own: typeof listener = (event) => listener(event);
      const ofKind = listeners.get(kind) ?? new Set();
      listeners.set(kind, ofKind.add(own));
      return () => {
        ofKind.delete(own);
      };
    },
    emit(kind, event) {
      for (const listener of [...(listeners.get(kind) ?? [])]) {
        try {
          listener(event as never);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
