import { setTimeout as sleep } from "node:timers/promises";
import type { KV } from "@nats-io/kv";
import type { Engine, Session } from "./engine.js";
import { isApiError } from "./fault.js";
import { toToken } from "./names.js";

/** What the processes of an outbox have in common beside its parcels. */
export interface Shared {
  /** Until when nothing of this destination is given, ms; 0 without a pause. */
  pausedUntil(destination: string): Promise<number>;
  pause(destination: string, until: number): Promise<void>;
  /** Adds members to a set while it has fewer than `most`; gives all of it. */
  share(set: string, members: readonly string[], most: number): Promise<readonly string[]>;
  /** Follows no more. */
  close(): void;
}

/** Before the pauses are followed again, ms. */
const followAgain = 1_000;

const pauseOf = (destination: string) => `pause.${toToken(destination)}`;

/** Follows the others' pauses as long as there is a connection. */
export function createShared(engine: Engine): Shared {
  /** By key. */
  const pauses = new Map<string, number>();

  const closing = new AbortController();
  const { signal } = closing;
  let entries: { stop(): void } | undefined;

  engine.onSession((session) => void follow(session));

  /** Until the outbox is closed, or the connection for good. */
  async function follow({ buckets, connection }: Session): Promise<void> {
    while (!signal.aborted && !connection.isClosed()) {
      try {
        const watched = await buckets.shared.watch({ key: "pause.*" });
        entries = watched;
        if (signal.aborted) watched.stop();
        for await (const entry of watched) note(entry.key, Number(entry.string()));
      } catch {
        // The servers do not answer.
      }
      await sleep(followAgain, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  function note(key: string, until: number): number {
    const latest = Math.max(until, pauses.get(key) ?? 0);
    if (Number.isFinite(latest)) pauses.set(key, latest);
    return pauses.get(key) ?? 0;
  }

  return {
    async pausedUntil(destination) {
      const key = pauseOf(destination);
      const known = pauses.get(key);
      if (known !== undefined) return known;
      return engine.run("reading a pause", async ({ buckets }) =>
        note(key, Number((await buckets.shared.get(key))?.string() ?? 0)),
      );
    },
    async pause(destination, until) {
      const key = pauseOf(destination);
      await engine.run("pausing a destination", ({ buckets }) =>
        change(buckets.shared, key, (text) => (Number(text ?? 0) < until ? String(until) : undefined)),
      );
      note(key, until);
    },
    share: (set, members, most) =>
      engine.run("sharing a set", async ({ buckets }) => {
        let all: readonly string[] = [];
        await change(buckets.shared, `set.${toToken(set)}`, (text) => {
          all = readMembers(text);
          const fresh = [...new Set(members)].filter((member) => !all.includes(member));
          if (fresh.length === 0 || all.length >= most) return undefined;
          all = [...all, ...fresh.slice(0, most - all.length)];
          return JSON.stringify(all);
        });
        return all;
      }),
    close() {
      closing.abort();
      entries?.stop();
    },
  };
}

/** Writes what `next` makes of the value, unless that is nothing; again when another process was quicker. */
async function change(bucket: KV, key: string, next: (text: string | undefined) => string | undefined): Promise<void> {
  for (;;) {
    const entry = await bucket.get(key);
    const text = next(entry?.string());
    if (text === undefined) return;
    try {
      await (entry ? bucket.update(key, text, entry.revision) : bucket.create(key, text));
      return;
    } catch (error) {
      if (!isApiError(error, "wrongLastSequence")) throw error;
    }
  }
}

function readMembers(text: string | undefined): readonly string[] {
  const members: unknown = text === undefined ? [] : JSON.parse(text);
  return Array.isArray(members) ? members.filter((member) => typeof member === "string") : [];
}
