import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, inject } from "vitest";
import type { Sandbox } from "../../packages/server/dist/sandbox.js";

/** Tokens and secrets of the runs, to be looked for where they must not be. */
export const secrets = { tiktok: "secret-tiktok-token", meta: "secret-meta-token", app: "secret-of-the-app" } as const;

/** A public address, as the web server in front of an example would tell it. */
export const visitorAddress = "168.212.226.204";

/** An example that runs. */
export interface RunningExample {
  readonly url: string;
  /** All that it has printed. */
  output(): string;
  /**
   * Asks it to end, as a process manager does; it has to, with this exit code, and must have printed no secret.
   * @param code default 0
   */
  stop(code?: number): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** The settings under which examples find the sandbox, with nothing of this process' own. */
export function settingsOf(sandbox: Pick<Sandbox, "url">): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    HOME: process.env.HOME ?? "",
    PORT: "0",
    TIKTOK_PIXEL_CODE: "C0DEMO00000000000000",
    TIKTOK_TOKEN: secrets.tiktok,
    TIKTOK_API_URL: sandbox.url,
    META_PIXEL_ID: "1000000000001",
    META_TOKEN: secrets.meta,
    META_API_URL: sandbox.url,
  };
}

/** The folder of an example's installed copy. */
export function folderOf(name: string): string {
  return join(inject("installed"), name);
}

/** Runs a script of an example to its end, which must have this exit code; gives what it printed. */
export async function run(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  code = 0,
): Promise<string> {
  const { output, ended } = start(name, args, env);
  expect(await ended, output()).toBe(code);
  expectNoSecret(output());
  return output();
}

/** Starts an example's server, and waits until it has said where it listens. */
export async function startExample(
  name: string,
  env: Record<string, string>,
  args: readonly string[] = ["server.ts"],
): Promise<RunningExample> {
  const { child, output, ended } = start(name, args, env);
  const url = await new Promise<string>((resolve, reject) => {
    const look = () => {
      const found = /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(output());
      if (found) resolve(found[0]);
    };
    child.stdout?.on("data", look);
    void ended.then((code) => reject(new Error(`${name} ended with ${code}\n${output()}`)));
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return {
    url,
    output,
    async stop(code = 0) {
      expect(await end("SIGTERM"), output()).toBe(code);
      expectNoSecret(output());
    },
    async kill() {
      await end("SIGKILL");
    },
  };
}

function start(name: string, args: readonly string[], env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, args, { cwd: folderOf(name), env });
  const parts: string[] = [];
  child.stdout?.on("data", (part) => parts.push(String(part)));
  child.stderr?.on("data", (part) => parts.push(String(part)));
  const ended = once(child, "close").then(([code]) => code as number | null);
  return { child, output: () => parts.join(""), ended };
}

/** Nor a person's data: every person of these tests has an address at `example.com`. */
function expectNoSecret(output: string): void {
  for (const secret of [...Object.values(secrets), "ada@example.com", "555 1212"]) expect(output).not.toContain(secret);
}
