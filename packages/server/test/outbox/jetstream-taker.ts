// A process that takes parcels out of a jetstreamOutbox, says which, and keeps them until it is killed.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const threads = fileURLToPath(new URL("../threads-in-typescript.mjs", import.meta.url));
const self = fileURLToPath(import.meta.url);

interface Orders {
  readonly servers: readonly string[];
  readonly prefix: string;
  readonly lease: number;
  readonly most: number;
}

/** Starts one, and waits until it has taken. */
export async function startTaker(orders: Orders) {
  const args = ["--import", threads, self, JSON.stringify(orders)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    ids: JSON.parse(line) as readonly string[],
    async kill() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function take({ servers, prefix, lease, most }: Orders) {
  const { jetstreamOutbox } = await import("../../src/jetstream/index.js");
  const outbox = jetstreamOutbox({ connection: { servers: [...servers] }, prefix, replicas: 1, lease });
  const ids: string[] = [];
  while (ids.length < most) {
    ids.push(...(await outbox.take("d", most - ids.length)).parcels.map(({ id }) => id));
    await sleep(10);
  }
  process.stdout.write(`${JSON.stringify(ids)}\n`);
}

const [, script, orders] = process.argv;
if (script === self && orders) await take(JSON.parse(orders));
