/** Items in ascending order of a number that each has. Quick at both ends, at any index, and to find one again. */
export class OrderedList<T extends { readonly order: number }> {
  #items: T[] = [];
  /** Items before this index have been shifted away; they are cut off in portions. */
  #start = 0;

  get length(): number {
    return this.#items.length - this.#start;
  }

  at(index: number): T | undefined {
    return index < 0 ? undefined : this.#items[this.#start + index];
  }

  /** The index of the first item that is not before this number. */
  indexOf(order: number): number {
    let low = this.#start;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#items[middle]?.order ?? 0) < order) low = middle + 1;
      else high = middle;
    }
    return low - this.#start;
  }

  has(item: T): boolean {
    return this.at(this.indexOf(item.order)) === item;
  }

  add(item: T): void {
    const last = this.#items.at(-1);
    if (this.length === 0 || !last || last.order < item.order) this.#items.push(item);
    else this.#items.splice(this.#start + this.indexOf(item.order), 0, item);
  }

  delete(item: T): void {
    if (this.at(0) === item) this.shift();
    else if (this.has(item)) this.#items.splice(this.#start + this.indexOf(item.order), 1);
  }

  shift(): T | undefined {
    const first = this.at(0);
    if (!first) return undefined;
    this.#start += 1;
    if (this.#start > 1_000 && this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
    return first;
  }

  clear(): void {
    this.#items = [];
    this.#start = 0;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let index = this.#start; index < this.#items.length; index++) yield this.#items[index] as T;
  }
}
