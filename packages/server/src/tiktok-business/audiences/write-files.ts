import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";

/** A file that is ready to be uploaded. */
export interface AudienceFile {
  /** In its folder. */
  readonly name: string;
  readonly bytes: number;
  /** Hex, as TikTok asks for it. */
  readonly md5: string;
}

/** Writes rows into as many files as their size asks for. */
export interface FileWriter {
  /** A row without its line break, in ASCII. When it gives a promise, wait for it before the next. */
  add(row: string): Promise<void> | undefined;
  end(): Promise<readonly AudienceFile[]>;
}

/** Written at once, characters. */
const blockSize = 64 * 1024;

/**
 * Makes `part-1.csv` and so on in the folder, readable by their owner only. They are not forced to the disk: one that a
 * power cut has shortened is not what its MD5 says, so TikTok refuses it, and the next run makes it anew.
 * @param title the first row of each file
 * @param largest bytes of one file
 */
export function createFileWriter(folder: string, title: string | undefined, largest: number): FileWriter {
  const files: AudienceFile[] = [];
  const start = title === undefined ? "" : `${title}\n`;
  let block = start;
  let bytes = start.length;
  let handle: FileHandle | undefined;
  let writing = Promise.resolve();
  let md5: Hash = createHash("md5");
  const name = () => `part-${files.length + 1}.csv`;

  /** Resolves when the block before has been written: one is written while the next fills. */
  async function flush(): Promise<void> {
    const before = writing;
    const buffer = Buffer.from(block, "latin1");
    block = "";
    md5.update(buffer);
    writing = write(before, buffer);
    // Whoever waits for it hears of a failure.
    writing.catch(() => undefined);
    await before;
  }

  async function write(before: Promise<void>, buffer: Buffer): Promise<void> {
    await before;
    handle ??= await open(join(folder, name()), "w", 0o600);
    await handle.writeFile(buffer);
  }

  async function endFile(): Promise<void> {
    await flush();
    await writing;
    await handle?.close();
    handle = undefined;
    files.push({ name: name(), bytes, md5: md5.digest("hex") });
    md5 = createHash("md5");
    block = start;
    bytes = start.length;
  }

  async function startAnother(row: string): Promise<void> {
    await endFile();
    put(row);
  }

  function put(row: string): void {
    block += `${row}\n`;
    bytes += row.length + 1;
  }

  return {
    add(row) {
      if (bytes + row.length + 1 > largest && bytes > start.length) return startAnother(row);
      put(row);
      return block.length >= blockSize ? flush() : undefined;
    },
    async end() {
      if (bytes > start.length) await endFile();
      return files;
    },
  };
}
