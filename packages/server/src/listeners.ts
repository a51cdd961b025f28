/** Functions that are called for each kind of news. */
export interface Listeners<News extends object> {
  on<Kind extends keyof News>(kind: Kind, listener: (news: News[Kind]) => void): () => void;
  tell<Kind extends keyof News>(kind: Kind, news: News[Kind]): void;
}

/** A listener that throws stops neither the others nor who tells them. */
export function createListeners<News extends object>(): Listeners<News> {
  const listeners = new Map<keyof News, Set<(news: never) => void>>();
  return {
    on(kind, listener) {
      const ofKind = listeners.get(kind) ?? new Set();
      listeners.set(kind, ofKind.add(listener));
      return () => void ofKind.delete(listener);
    },
    tell(kind, news) {
      for (const listener of listeners.get(kind) ?? []) {
        try {
          listener(news as never);
        } catch {
          // The news has been told; what is made of it is the listener's business.
        }
      }
    },
  };
}
