/** A binary heap: what compares least comes first. */
export interface Heap<Item> {
  push(item: Item): void;
  peek(): Item | undefined;
  pop(): Item | undefined;
  clear(): void;
  readonly size: number;
}

/** An empty {@link Heap}. */
export function createHeap<Item>(compare: (a: Item, b: Item) => number): Heap<Item> {
  const items: Item[] = [];
  const isBefore = (a: number, b: number) => a < items.length && compare(items[a] as Item, items[b] as Item) < 0;
  const swap = (a: number, b: number) => {
    [items[a], items[b]] = [items[b] as Item, items[a] as Item];
  };

  return {
    push(item) {
      let at = items.push(item) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isBefore(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    peek: () => items[0],
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return first;
      items[0] = last;
      for (let at = 0, next = 0; ; at = next) {
        if (isBefore(2 * at + 1, next)) next = 2 * at + 1;
        if (isBefore(2 * at + 2, next)) next = 2 * at + 2;
        if (next === at) return first;
        swap(at, next);
      }
    },
    clear: () => void items.splice(0),
    get size() {
      return items.length;
    },
  };
}
