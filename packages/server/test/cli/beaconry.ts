import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The command, from the sources, as arguments for Node. */
export const command = ["--import", path("../threads-in-typescript.mjs"), path("../../src/cli/index.ts")];

/** What a run of the command came to. */
export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Input and surroundings of a run. */
export interface Surroundings {
  readonly input?: string | Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
}

const started = new Set<ChildProcessWithoutNullStreams>();
const folders: string[] = [];

afterEach(() => {
  for (const child of started) child.kill("SIGKILL");
  started.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder of the test's own. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "beaconry-cli-"));
  folders.push(folder);
  return folder;
}

/** Starts the command in a process of its own, with nothing of this one's environment but the path. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [...command, ...args], { env: { PATH: process.env.PATH, ...env } });
  started.add(child);
  child.once("close", () => started.delete(child));
  // It may end before it has read everything.
  child.stdin.on("error", () => undefined);
  return child;
}

/** Runs the command to its end. */
export async function beaconry(args: readonly string[], { input = "", env }: Surroundings = {}): Promise<Run> {
  const child = start(args, env);
  child.stdin.end(input);
  const [[code], stdout, stderr] = await Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

/** Runs the command with `--json` and reads its one line. */
export async function beaconryJson(args: readonly string[], surroundings?: Surroundings) {
  const { code, stdout, stderr } = await beaconry([...args, "--json"], surroundings);
  return { code, stderr, json: stdout === "" ? undefined : JSON.parse(stdout) };
}

/** Resolves with the first line of a child's output. */
export async function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  let read = "";
  for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    read += chunk;
    if (read.includes("\n")) break;
  }
  return read.slice(0, read.indexOf("\n"));
}
