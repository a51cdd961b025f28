/** Adds an item to a list that holds at most so many; gives the oldest ones, which it takes out to make room. */
export function pushBounded<Item>(list: Item[], item: Item, most: number): Item[] {
  list.push(item);
  return list.splice(0, Math.max(0, list.length - most));
}
