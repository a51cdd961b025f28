import type { MovableOutbox } from "../../src/outbox/movable-outbox.js";

/** Each call goes to the other outbox than the last; `close` to both. */
export function inTurns([first, second]: [MovableOutbox, MovableOutbox]): MovableOutbox {
  let calls = 0;
  const next = () => (calls++ % 2 === 0 ? first : second);
  return {
    add: (parcels) => next().add(parcels),
    take: (destination, most) => next().take(destination, most),
    settle: (settlements) => next().settle(settlements),
    waiting: (destination) => next().waiting(destination),
    oldest: (destination) => next().oldest(destination),
    deadLetters: (page) => next().deadLetters(page),
    replay: (filter) => next().replay(filter),
    purge: (filter) => next().purge(filter),
    destinations: () => next().destinations(),
    takeAll: (destination, most) => next().takeAll(destination, most),
    adopt: (parcels) => next().adopt(parcels),
    adoptDeadLetters: (letters) => next().adoptDeadLetters(letters),
    dropDeadLetters: (upTo) => next().dropDeadLetters(upTo),
    onceKeys: (page) => next().onceKeys(page),
    adoptOnceKeys: (keys) => next().adoptOnceKeys(keys),
    async close() {
      await Promise.all([first.close(), second.close()]);
    },
  };
}
