import type { DatabaseSync } from "node:sqlite";
import type { StoreSettings, StoreWork } from "../protocol.js";
import { createAdd } from "./add-parcels.js";
import { createCounts } from "./counts.js";
import { createDisk } from "./disk.js";
import { createLetters } from "./letters.js";
import { createOnceRegister } from "./once-register.js";
import { createParcels } from "./parcels.js";
import { createSeenKeys } from "./seen-keys.js";
import { createSettle } from "./settle-parcels.js";
import { createTaker } from "./take-parcels.js";
import { createTransact } from "./transact.js";

/** The outbox on an open database: synchronous, each method one transaction that is on disk when it returns. */
export function createStore(database: DatabaseSync, settings: StoreSettings): StoreWork {
  const { path, maxParcels, maxDeadLetters, maxOnce, maxBytes, deduplicationWindow, lease } = settings;
  const counts = createCounts(database);
  const disk = createDisk(database, path, maxBytes);
  const transact = createTransact(database, counts, disk);
  const parcels = createParcels(database, counts);
  const seen = createSeenKeys(database, deduplicationWindow, parcels.isWaiting);
  const once = createOnceRegister(database, maxOnce);
  const letters = createLetters({ database, transact, parcels, seen, counts, maxParcels, maxDeadLetters });
  const taker = createTaker({ database, transact, parcels, disk, lease });
  const destinations = database.prepare(
    "SELECT destination FROM counts WHERE what = 'waiting' AND number > 0 " +
      "UNION SELECT destination FROM dead_letters ORDER BY destination",
  );

  // What was seen before the start, read at once so that the first add does not wait for it.
  seen.catchUp();

  return {
    add: createAdd({ transact, parcels, seen, once, counts, disk, maxParcels }),
    take: taker.take,
    takeAll: taker.takeAll,
    settle: createSettle({ database, transact, counts, letters }),
    waiting: (destination) => (destination === undefined ? counts.total("waiting") : counts.of("waiting", destination)),
    oldest: parcels.oldest,
    deadLetters: letters.list,
    replay: letters.replay,
    purge: letters.purge,
    destinations: () => destinations.all().map((row) => String(row.destination)),
    adoptDeadLetters: letters.adopt,
    dropDeadLetters: letters.drop,
    onceKeys: once.page,
    adoptOnceKeys: (keys) => transact(() => once.add(keys)),
    close: () => database.close(),
  };
}
