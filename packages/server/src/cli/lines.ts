import type { Readable } from "node:stream";

/** A line of a file, or why it is none. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Bytes up to its end, with the line break. */
  readonly bytes: number;
  /** Absent when `problem` is there. */
  readonly text?: string;
  readonly problem?: string;
}

const newline = 0x0a;

/**
 * The lines of a stream of bytes, in UTF-8, with `\n` or `\r\n` between them. Of a line that is longer than `most` bytes,
 * break included, nothing is kept, so that memory stays small whatever comes.
 */
export async function* readLines(stream: Readable, most: number): AsyncGenerator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let parts: Buffer[] = [];
  let bytes = 0;
  let number = 0;

  function take(): Line {
    const line = { number: ++number, bytes };
    const kept = bytes <= most ? Buffer.concat(parts) : undefined;
    parts = [];
    bytes = 0;
    if (!kept) return { ...line, problem: `longer than ${most} bytes` };
    try {
      return { ...line, text: decoder.decode(kept).replace(/\r?\n$/, "") };
    } catch {
      return { ...line, problem: "not UTF-8" };
    }
  }

  function add(part: Buffer): void {
    bytes += part.length;
    if (bytes <= most) parts.push(part);
    else parts = [];
  }

  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      add(chunk.subarray(start, end + 1));
      start = end + 1;
      yield take();
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (bytes > 0) yield take();
}
