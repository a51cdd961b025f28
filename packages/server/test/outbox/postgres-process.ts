import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { afterAll, beforeAll } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** A started process: what it has printed so far, line by line, and what ends it. */
export interface Started {
  readonly lines: string[];
  /** Resolves when it has printed something. */
  readonly speaks: Promise<unknown>;
  /** Gives the exit code when it has ended by itself. */
  readonly ended: Promise<number | null>;
  /** As `kill -9` does. */
  kill(): Promise<void>;
}

/**
 * For the tests of a suite: makes one file of a program and the sources that it imports, also where it imports what is
 * built of them. Gives its path.
 */
export function useProgram(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), "postgres-program-"));
  const program = join(folder, "program.mjs");

  beforeAll(() =>
    build({
      entryPoints: [source],
      outfile: program,
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["pg-native"],
      // For pg, which asks for Node's modules in the old way.
      banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
      alias: {
        "@beaconry/core": path("../../../core/src"),
        "#sha256": path("../../../core/src/user/sha256.node.ts"),
      },
      plugins: [sourcesOfBuilt],
      logLevel: "error",
    }),
  );

  afterAll(() => rmSync(folder, { recursive: true }));
  return program;
}

/** `dist/postgres.js` is `src/postgres/index.ts`. */
const sourcesOfBuilt: Plugin = {
  name: "sources of what is built",
  setup({ onResolve }) {
    onResolve({ filter: /\/dist\/\w+\.js$/ }, ({ path: built }) => {
      const name = basename(built, ".js");
      return { path: path(name === "index" ? "../../src/index.ts" : `../../src/${name}/index.ts`) };
    });
  },
};

/** For the tests of a suite: starts postgres-worker.ts as a process of its own. What still runs at the end is ended. */
export function usePostgresWorker(): (...args: string[]) => Started {
  const program = useProgram(path("./postgres-worker.ts"));
  const children = new Set<ChildProcess>();

  afterAll(() => {
    for (const child of children) child.kill("SIGKILL");
  });

  return (...args) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    children.add(child);
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    const ended = once(child, "close").then(([code]) => {
      children.delete(child);
      return code as number | null;
    });
    return {
      lines,
      speaks: once(reader, "line"),
      ended,
      async kill() {
        child.kill("SIGKILL");
        await ended;
      },
    };
  };
}
