import type { NatsConnection, Subscription } from "@nats-io/transport-node";
import type { Engine } from "./engine.js";

/** Tells other processes that parcels came, and hears it from them. No parcel depends on it: workers look by themselves. */
export interface Wake {
  announce(): void;
  /** Returns what ends it. */
  watch(listener: () => void): () => void;
  /** Says at once what is to be announced still, and nothing more after it. */
  close(): void;
}

/** Between two announcements, ms. */
const pause = 50;

/** @param subject under which the processes of an outbox announce */
export function createWake(engine: Engine, subject: string): Wake {
  const self = crypto.randomUUID();
  const listeners = new Set<() => void>();
  let connection: NatsConnection | undefined;
  let subscription: Subscription | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  const wakeAll = () => {
    for (const listener of listeners) listener();
  };

  engine.onSession((session) => {
    if (isClosed) return;
    connection = session.connection;
    subscription = connection.subscribe(subject, {
      callback: (error, message) => {
        if (!error && message.string() !== self) wakeAll();
      },
    });
    // What was announced meanwhile was missed.
    wakeAll();
  });

  function say(): void {
    timer = undefined;
    const isOpen = connection && !connection.isClosed() && !connection.isDraining();
    if (isOpen) connection?.publish(subject, self);
  }

  return {
    announce() {
      if (isClosed) return;
      timer ??= setTimeout(say, pause);
      timer.unref();
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      if (timer) say();
      subscription?.unsubscribe();
    },
  };
}
