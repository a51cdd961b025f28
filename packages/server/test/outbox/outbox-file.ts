import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { MovableOutbox } from "../../src/outbox/movable-outbox.js";
import { type SqliteOutboxOptions, sqliteOutbox } from "../../src/sqlite/index.js";

const opened: MovableOutbox[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((outbox) => outbox.close().catch(() => undefined)));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The path of a file that does not exist yet, in a folder of its own that goes after the test. */
export function outboxFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "outbox-"));
  folders.push(folder);
  return join(folder, "outbox.db");
}

/** An outbox that is closed after the test. */
export function openOutbox(options: Partial<SqliteOutboxOptions> = {}): MovableOutbox {
  const outbox = sqliteOutbox({ path: options.path ?? outboxFile(), ...options });
  opened.push(outbox);
  return outbox;
}
