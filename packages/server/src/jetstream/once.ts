import { hash } from "node:crypto";
import type { KV } from "@nats-io/kv";
import type { Parcel } from "../outbox/outbox.js";
import type { Engine } from "./engine.js";
import { isApiError } from "./fault.js";

/** The right to be the one parcel that is kept with its text of `once`. */
export interface Claim {
  /** The parcel is in: no other ever will be, nor itself again. */
  keep(): Promise<void>;
  /** The parcel was refused: another may have the text. */
  release(): Promise<void>;
}

/** What is said of a text that is kept. */
const kept = "kept";

/**
 * Claims a text of `once` for a parcel among all processes; `undefined` when another parcel has it, or it is kept already.
 *
 * A claim names its parcel until that is in the outbox. So where a process dies in between, the same parcel is not
 * refused when it is added again, and no other takes its place.
 * @param key as `toOnceKey` makes it
 */
export async function claimOnce(engine: Engine, key: string, { name, id }: Parcel): Promise<Claim | undefined> {
  const own = hash("sha256", JSON.stringify([name, id]), "base64url");
  const revision = await engine.run("claiming a text of once", ({ buckets }) => claim(buckets.once, key, own));
  if (revision === undefined) return undefined;
  return {
    async keep() {
      await engine.run("keeping a text of once", ({ buckets }) => buckets.once.put(key, kept));
    },
    async release() {
      await engine.run("giving up a text of once", ({ buckets }) =>
        buckets.once.delete(key, { previousSeq: revision }),
      );
    },
  };
}

/** Keeps a text without a parcel, unless it is kept or claimed already. */
export async function keepOnce(engine: Engine, key: string): Promise<void> {
  await engine.run("keeping a text of once", async ({ buckets }) => {
    await buckets.once.create(key, kept).catch((error) => {
      if (!isApiError(error, "wrongLastSequence")) throw error;
    });
  });
}

async function claim(bucket: KV, key: string, own: string): Promise<number | undefined> {
  try {
    return await bucket.create(key, own);
  } catch (error) {
    if (!isApiError(error, "wrongLastSequence")) throw error;
  }
  const entry = await bucket.get(key);
  // Given up meanwhile: the next try may have it.
  if (entry?.operation !== "PUT") throw new Error("the text changed hands");
  return entry.string() === own ? entry.revision : undefined;
}
