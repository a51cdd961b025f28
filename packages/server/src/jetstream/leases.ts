import type { Engine } from "./engine.js";
import type { Held, Shelf } from "./shelf.js";

/** Keeps the leases of messages that are worked on. In the background: where it fails they run out by themselves. */
export interface Leases {
  /** Renews the leases of which a third is over. */
  renew(messages: Iterable<Held>): void;
  /** Something was settled: what is given and not settled is under way too, so its leases are renewed. */
  showProgress(): void;
}

/** What is left of a lease that need not be renewed, in parts of it. */
const fresh = 2 / 3;
/** What is given stays leased, while others are settled, for so many leases at most. */
const mostLeases = 4;

/**
 * Of the messages on a shelf.
 * @param pause between two looks at what is under way, ms
 */
export function createLeases(engine: Engine, shelf: Pick<Shelf, "held">, pause: number): Leases {
  let lookedAt = Number.NEGATIVE_INFINITY;

  function renew(messages: Iterable<Held>): void {
    const now = performance.now();
    const old = [...messages].filter(({ leaseEnd, lease }) => leaseEnd - now < lease * fresh);
    if (old.length === 0) return;
    const renewed = engine.run("renewing leases", async ({ connection }) => {
      const start = performance.now();
      for (const held of old) {
        if (held.pulled.reply) connection.publish(held.pulled.reply, "+WPI");
        held.leaseEnd = start + held.lease;
      }
    });
    renewed.catch(() => undefined);
  }

  return {
    renew,
    showProgress() {
      const now = performance.now();
      if (now - lookedAt < pause) return;
      lookedAt = now;
      const isUnderWay = ({ given, givenAt, lease }: Held) => given > 0 && now - givenAt < lease * mostLeases;
      renew([...shelf.held].filter(isUnderWay));
    },
  };
}
