import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database.js";
import type { Settings } from "./settings.js";
import type { Statements } from "./statements.js";

/** Between notifications of this process, ms: a commit with one of its own would wait for every other such commit. */
const quiet = 20;
/** Before it connects again, ms. */
const reconnectAfter = 1_000;

/** What a waker works with. */
export interface WakerParts {
  readonly database: Database;
  readonly statements: Statements;
  readonly settings: Settings;
  /** Whether there is a connection to spare on which to listen. Without, there is polling only. */
  readonly listens: boolean;
  /** The number of this outbox, once it is known: its own notifications are not for it. */
  readonly taker: () => Promise<string>;
}

/** Tells other processes of new parcels, and hears of theirs. */
export interface Waker {
  /** Something was put in. */
  tell(): void;
  /** Calls the listener when others may have put something in. Returns what ends it. */
  watch(listener: () => void): () => void;
  /** Sends what is still to be told, and ends all listening. */
  close(): Promise<void>;
}

/** Listens, and connects to do so, while there is a listener. */
export function createWaker({ database, statements, settings, listens, taker }: WakerParts): Waker {
  const { channel, pollInterval } = settings;
  const listeners = new Set<() => void>();
  let listening: { readonly end: () => void; readonly ended: Promise<void> } | undefined;
  let telling: Promise<void> | undefined;
  let tellAgain = false;

  const wakeAll = () => {
    for (const listener of listeners) listener();
  };

  /** Not in the transaction that puts in: those that notify are committed one by one. */
  async function tellAll(): Promise<void> {
    try {
      while (tellAgain) {
        tellAgain = false;
        await database.query(statements.notify, [channel, await taker()]);
        await sleep(quiet);
      }
    } catch {
      // Whoever hears nothing polls.
    }
    telling = undefined;
  }

  function listen() {
    const ending = new AbortController();
    const { signal } = ending;
    let lose = () => {};
    let isAlive = async () => {};

    /** On a connection, for as long as it holds. */
    async function hear(): Promise<void> {
      const own = await taker();
      const { client, query } = await database.connect();
      const lost = Promise.withResolvers<void>();
      lose = lost.resolve;
      client.on("error", lose);
      client.on("end", lose);
      client.on("notification", ({ payload }) => {
        if (payload !== own) wakeAll();
      });
      // A process that has nothing else to do may end.
      client.unref?.();
      try {
        if (signal.aborted) return;
        await query(`LISTEN ${channel}`);
        isAlive = async () => void (await query("SELECT 1"));
        // What came before.
        wakeAll();
        await lost.promise;
      } finally {
        isAlive = async () => {};
        client.release(true);
      }
    }

    async function hearAlways(): Promise<void> {
      while (!signal.aborted) {
        await hear().catch(() => undefined);
        await sleep(reconnectAfter, undefined, { ref: false, signal }).catch(() => undefined);
      }
    }

    const poll = setInterval(() => {
      wakeAll();
      // A connection whose other end is gone may not tell.
      isAlive().catch(lose);
    }, pollInterval);
    poll.unref();
    return {
      end() {
        clearInterval(poll);
        ending.abort();
        lose();
      },
      ended: listens ? hearAlways() : Promise.resolve(),
    };
  }

  async function close(): Promise<void> {
    listeners.clear();
    const last = listening;
    listening = undefined;
    last?.end();
    await Promise.all([last?.ended, telling]);
  }

  return {
    tell() {
      tellAgain = true;
      telling ??= tellAll();
    },
    watch(listener) {
      const own = () => listener();
      listeners.add(own);
      listening ??= listen();
      return () => {
        listeners.delete(own);
        if (listeners.size > 0) return;
        listening?.end();
        listening = undefined;
      };
    },
    close,
  };
}
