/**
 * Keeps each thing once, by its id. What is being kept by another call is waited for: nobody may answer for it earlier.
 * @param keep resolves when all of them are kept; what it rejects with is passed on, and they may come again
 * @param most ids that are remembered; the oldest are forgotten
 * @returns resolves with how many were kept already
 */
export function createKeptOnce<Item>(
  keep: (items: readonly Item[]) => Promise<unknown>,
  idOf: (item: Item) => string,
  most: number,
): (items: readonly Item[]) => Promise<number> {
  const kept = new Set<string>();
  const underWay = new Map<string, Promise<unknown>>();

  return async (items) => {
    const fresh = new Map<string, Item>();
    const awaited = new Set<Promise<unknown>>();
    for (const item of items) {
      const id = idOf(item);
      const other = underWay.get(id);
      if (other) awaited.add(other);
      else if (!kept.has(id)) fresh.set(id, item);
    }
    if (fresh.size > 0) {
      // A keeper that throws at once is one that rejects.
      const keeping = Promise.resolve([...fresh.values()])
        .then(keep)
        .then(() => {
          for (const id of fresh.keys()) kept.add(id);
        })
        .finally(() => {
          for (const id of fresh.keys()) underWay.delete(id);
        });
      for (const id of fresh.keys()) underWay.set(id, keeping);
      awaited.add(keeping);
    }
    await Promise.all(awaited);
    for (const id of kept) {
      if (kept.size <= most) break;
      kept.delete(id);
    }
    return items.length - fresh.size;
  };
}
