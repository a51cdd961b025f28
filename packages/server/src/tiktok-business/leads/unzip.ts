import { BeaconryError } from "@beaconry/core";
import { Unzip, UnzipInflate } from "fflate";

/** A piece of a file in an archive. */
export interface UnzippedPiece {
  /** Its place in the archive, from 0. */
  readonly file: number;
  readonly bytes: Uint8Array;
}

/** Bytes given to the decompressor at once: what comes of them is held in memory, and may be a thousand times as much. */
const step = 8 * 1024;
/** Files in an archive. */
const mostFiles = 1_000;

/**
 * The CSV files of a ZIP archive, piece by piece. Rejects with `invalid_option` when it is none, or when more comes out
 * of it than `most` bytes.
 */
export async function* unzip(input: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<UnzippedPiece> {
  let pieces: UnzippedPiece[] = [];
  let failure: unknown;
  let [files, open, total] = [0, 0, 0];
  const archive = new Unzip((entry) => {
    const file = files++;
    if (files > mostFiles) failure ??= problem(`has more than ${mostFiles} files`);
    if (failure || !/\.csv$/i.test(entry.name)) return;
    open++;
    entry.ondata = (error, bytes, isLast) => {
      if (error) failure ??= problem("is damaged");
      total += bytes?.length ?? 0;
      if (total > most) failure ??= problem(`holds more than ${most} bytes`);
      if (!failure && bytes.length > 0) pieces.push({ file, bytes });
      if (isLast) open--;
    };
    try {
      entry.start();
    } catch {
      failure ??= problem("is compressed in a way that is not known");
    }
  });
  archive.register(UnzipInflate);

  function push(bytes: Uint8Array, isLast: boolean): readonly UnzippedPiece[] {
    pieces = [];
    try {
      archive.push(bytes, isLast);
    } catch {
      failure ??= problem("is damaged");
    }
    if (failure) throw failure;
    return pieces;
  }

  for await (const chunk of input) {
    for (let start = 0; start < chunk.length; start += step) yield* push(chunk.subarray(start, start + step), false);
  }
  yield* push(new Uint8Array(), true);
  if (files === 0 || open > 0) throw problem("is damaged");
}

function problem(what: string): BeaconryError {
  return new BeaconryError("invalid_option", `readLeadFile: the archive ${what}`);
}
