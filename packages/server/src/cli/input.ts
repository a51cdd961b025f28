import { open } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";
import { Writable } from "node:stream";
import { CliError, usageError } from "./exit-codes.js";

/** Where a file's bytes come from, and how many there are where that is known. */
export interface Source {
  readonly name: string;
  readonly stream: Readable;
  readonly size?: number;
}

/** Opens a file, or stdin for `-`. Throws a usage error when it can not be read. */
export async function openSource(path: string): Promise<Source> {
  if (path === "-") return { name: "stdin", stream: process.stdin };
  try {
    const file = await open(path);
    const stats = await file.stat();
    if (stats.isDirectory()) throw usageError(`${path} is a folder`);
    return { name: path, stream: file.createReadStream(), ...(stats.isFile() && { size: stats.size }) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw usageError(code === "ENOENT" ? `there is no file ${path}` : `${path} can not be read: ${code}`);
  }
}

/** The whole text of a file, or of stdin for `-`. Throws a usage error when it is longer than `most` bytes. */
export async function readText(path: string, most: number): Promise<string> {
  const { name, stream } = await openSource(path);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) throw usageError(`${name} is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A question on stderr, answered on the terminal; with `secret` nothing of the answer is shown. */
export async function ask(question: string, { secret = false } = {}): Promise<string> {
  const shown = process.stderr;
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // First, since it ends the terminal's own echo: nothing may be typed before.
  const terminal = createInterface({ input: process.stdin, output: secret ? nowhere : shown, terminal: true });
  if (secret) shown.write(question);
  try {
    return await new Promise((resolve, reject) => {
      terminal.once("SIGINT", () => reject(new CliError("stopped")));
      // End of input without an answer.
      terminal.once("close", () => resolve(""));
      terminal.question(secret ? "" : question).then(resolve, reject);
    });
  } finally {
    terminal.close();
    if (secret) shown.write("\n");
  }
}

/** Asks for a yes; anything else is a no. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test((await ask(`${question} [y/N] `)).trim());
}
