import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** A started process: what it has printed so far, line by line, and what ends it. */
export interface Started {
  readonly lines: string[];
  /** Resolves when it has printed something. */
  readonly speaks: Promise<unknown>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

/** For the tests of a suite: starts postgres-worker.ts as a process of its own. What still runs at the end is ended. */
export function usePostgresWorker(): (...args: string[]) => Started {
  const folder = mkdtempSync(join(tmpdir(), "postgres-worker-"));
  const program = join(folder, "worker.cjs");
  const children = new Set<ChildProcess>();

  beforeAll(() =>
    build({
      entryPoints: [path("./postgres-worker.ts")],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["pg-native"],
      alias: {
        "@beaconry/core": path("../../../core/src/index.ts"),
        "@beaconry/core/internal": path("../../../core/src/internal/index.ts"),
      },
      logLevel: "error",
    }),
  );

  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  return (...args) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    children.add(child);
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    const ended = once(child, "close").then(() => children.delete(child));
    return {
      lines,
      speaks: once(reader, "line"),
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
    };
  };
}
