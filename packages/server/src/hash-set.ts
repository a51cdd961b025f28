const digits = new Uint8Array(128);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  digits[digit.charCodeAt(0)] = value;
  digits[digit.toUpperCase().charCodeAt(0)] = value;
}

/** How full a table may be before it grows, and by how much it does. */
const fullest = 0.8;
const growth = 1.5;
const smallest = 64;
/** A table is copied when it grows; many small ones let one in so many be there twice, and not all. */
const tables = 64;

/**
 * A set of hashes in hex, for millions of them: it keeps their bytes, in 1.25 to 1.9 times as much room.
 * Hashes are taken for spread evenly, which SHA-256's are; whoever chooses others only slows it down.
 */
export class HashSet {
  readonly #words: number;
  readonly #tables: Table[];
  readonly #word: Uint32Array;
  /** All zeros marks a free place in a table. */
  #hasZero = false;
  #size = 0;

  /** @param bytes how many of a hash's bytes count, from its start: a multiple of 4 */
  constructor(bytes: number) {
    this.#words = bytes / 4;
    this.#word = new Uint32Array(this.#words);
    this.#tables = Array.from({ length: tables }, () => new Table(this.#words));
  }

  get size(): number {
    return this.#size;
  }

  /** Whether it is new. `hash` is hex, at least as long as what counts. */
  add(hash: string): boolean {
    const isZero = this.#isZero(hash);
    const isNew = isZero ? !this.#hasZero : this.#table().add(this.#word);
    if (isZero) this.#hasZero = true;
    if (isNew) this.#size++;
    return isNew;
  }

  has(hash: string): boolean {
    return this.#isZero(hash) ? this.#hasZero : this.#table().has(this.#word);
  }

  /** In lower-case hex, in no order. */
  *values(): Generator<string> {
    if (this.#hasZero) yield "0".repeat(this.#words * 8);
    for (const table of this.#tables) yield* table.values();
  }

  /** Reads the hash; whether it is all zeros. */
  #isZero(hash: string): boolean {
    const word = this.#word;
    let any = 0;
    for (let index = 0, at = 0; index < word.length; index++, at += 8) {
      const value = (bytes(hash, at) << 16) | bytes(hash, at + 4);
      word[index] = value;
      any |= value;
    }
    return any === 0;
  }

  #table(): Table {
    return this.#tables[(this.#word[0] as number) % tables] as Table;
  }
}

/** Open addressing: a hash stands at the place that its second word says, or behind it. */
class Table {
  readonly #words: number;
  #entries: Uint32Array;
  #capacity = smallest;
  #size = 0;

  constructor(words: number) {
    this.#words = words;
    this.#entries = new Uint32Array(smallest * words);
  }

  add(word: Uint32Array): boolean {
    const at = this.#find(word, 0);
    if (!this.#isFree(at)) return false;
    this.#put(word, 0, at);
    if (++this.#size > this.#capacity * fullest) this.#grow();
    return true;
  }

  has(word: Uint32Array): boolean {
    return !this.#isFree(this.#find(word, 0));
  }

  *values(): Generator<string> {
    for (let at = 0; at < this.#entries.length; at += this.#words) {
      if (this.#isFree(at)) continue;
      let hash = "";
      for (let index = at; index < at + this.#words; index++) {
        hash += (this.#entries[index] as number).toString(16).padStart(8, "0");
      }
      yield hash;
    }
  }

  /** Where the hash that begins at `from` stands, or would. */
  #find(source: Uint32Array, from: number): number {
    const words = this.#words;
    let at = Math.floor(((source[from + 1] as number) / 2 ** 32) * this.#capacity) * words;
    while (!this.#isFree(at) && !this.#isAt(at, source, from)) {
      at += words;
      if (at === this.#entries.length) at = 0;
    }
    return at;
  }

  #put(source: Uint32Array, from: number, at: number): void {
    for (let index = 0; index < this.#words; index++) this.#entries[at + index] = source[from + index] as number;
  }

  #isAt(at: number, source: Uint32Array, from: number): boolean {
    for (let index = 0; index < this.#words; index++) {
      if (this.#entries[at + index] !== source[from + index]) return false;
    }
    return true;
  }

  #isFree(at: number): boolean {
    return isFree(this.#entries, at, this.#words);
  }

  #grow(): void {
    const before = this.#entries;
    this.#capacity = Math.ceil(this.#capacity * growth);
    this.#entries = new Uint32Array(this.#capacity * this.#words);
    for (let from = 0; from < before.length; from += this.#words) {
      if (!isFree(before, from, this.#words)) this.#put(before, from, this.#find(before, from));
    }
  }
}

function isFree(entries: Uint32Array, at: number, words: number): boolean {
  for (let index = at; index < at + words; index++) if (entries[index] !== 0) return false;
  return true;
}

/** Two bytes. */
function bytes(hash: string, at: number): number {
  return (
    ((digits[hash.charCodeAt(at)] as number) << 12) |
    ((digits[hash.charCodeAt(at + 1)] as number) << 8) |
    ((digits[hash.charCodeAt(at + 2)] as number) << 4) |
    (digits[hash.charCodeAt(at + 3)] as number)
  );
}
