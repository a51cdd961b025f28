/** Most entries of a generation: so that neither growing nor forgetting one takes long. */
const generationSize = 2 ** 19;
/** Slots of a new generation. */
const firstSlots = 2 ** 10;

/** In which rows keys were seen. A key is known by its mark, 32 bits as good as random. */
export interface SeenIndex {
  put(mark: number, row: number): void;
  /** Rows that may hold a key of this mark, the newest first. */
  rowsOf(mark: number): readonly number[];
  /** Forgets, a generation at once, rows before this one. */
  forgetBefore(row: number): void;
}

/** Open addressing: a slot has a mark and its row, counted from the generation's first; 0 is empty. */
interface Generation {
  readonly firstRow: number;
  lastRow: number;
  size: number;
  marks: Uint32Array;
  rows: Uint32Array;
}

/**
 * A {@link SeenIndex} in typed arrays: 11 to 21 bytes for a key, outside the JavaScript heap. An index on disk would
 * write a page for almost every key, since keys are random: intake would slow down as the table grows.
 */
export function createSeenIndex(): SeenIndex {
  const generations: Generation[] = [];

  function put(mark: number, row: number): void {
    let generation = generations.at(-1);
    if (!generation || generation.size === generationSize) {
      generation = {
        firstRow: row,
        lastRow: row,
        size: 0,
        marks: new Uint32Array(firstSlots),
        rows: new Uint32Array(firstSlots),
      };
      generations.push(generation);
    }
    if (generation.size * 4 >= generation.rows.length * 3) grow(generation);
    generation.size++;
    generation.lastRow = Math.max(generation.lastRow, row);
    place(generation, mark, row - generation.firstRow + 1);
  }

  return {
    put,
    rowsOf(mark) {
      const found: number[] = [];
      for (const { firstRow, marks, rows } of generations) {
        const mask = rows.length - 1;
        for (let slot = mark & mask; rows[slot] !== 0; slot = (slot + 1) & mask) {
          if (marks[slot] === mark) found.push((rows[slot] ?? 0) + firstRow - 1);
        }
      }
      return found.length < 2 ? found : found.sort((a, b) => b - a);
    },
    forgetBefore(row) {
      while (generations.length > 0 && (generations[0]?.lastRow ?? row) < row) generations.shift();
    },
  };
}

function place({ marks, rows }: Generation, mark: number, row: number): void {
  const mask = rows.length - 1;
  let slot = mark & mask;
  while (rows[slot] !== 0) slot = (slot + 1) & mask;
  marks[slot] = mark;
  rows[slot] = row;
}

function grow(generation: Generation): void {
  const { marks, rows } = generation;
  generation.marks = new Uint32Array(marks.length * 2);
  generation.rows = new Uint32Array(rows.length * 2);
  for (const [slot, row] of rows.entries()) if (row !== 0) place(generation, marks[slot] ?? 0, row);
}
