import type { NatsConnection } from "@nats-io/transport-node";
import type { Engine } from "./engine.js";

/** Tells other processes that parcels came, and hears it from them. No parcel depends on it: workers look by themselves. */
export interface Wake {
  announce(): void;
  /** Returns what ends it. */
  watch(listener: () => void): () => void;
  close(): void;
}

/** Between two announcements, ms. */
const pause = 50;

/** @param subject under which the processes of an outbox announce */
export function createWake(engine: Engine, subject: string): Wake {
  const self = crypto.randomUUID();
  const listeners = new Set<() => void>();
  let connection: NatsConnection | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const wakeAll = () => {
    for (const listener of listeners) listener();
  };

  engine.onSession((session) => {
    if (session.connection !== connection) {
      connection = session.connection;
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (!error && message.string() !== self) wakeAll();
        },
      });
    }
    // What was announced meanwhile was missed.
    wakeAll();
  });

  return {
    announce() {
      timer ??= setTimeout(() => {
        timer = undefined;
        if (connection && !connection.isClosed()) connection.publish(subject, self);
      }, pause);
      timer.unref();
    },
    watch(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => clearTimeout(timer),
  };
}
