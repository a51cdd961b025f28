// The thread in which an outbox or a journal writes: SQLite waits for the disk, and the server's requests must not.
import { workerData } from "node:worker_threads";
import type { Work, WorkAnswer, WorkerStart, WorkRequest } from "./protocol.js";
import { readFault } from "./store-error.js";

const { store: kind, settings, port, opened } = workerData as WorkerStart;

try {
  const store = await open();
  port.on("message", (request: WorkRequest) => {
    answer(() => store[request.name]?.(...request.args));
    if (request.name === "close") port.close();
  });
} catch (error) {
  port.postMessage({ fault: readFault(error, settings.path, kind) } satisfies WorkAnswer);
  port.close();
}
Atomics.store(opened, 0, 1);
Atomics.notify(opened, 0);

async function open(): Promise<Work> {
  const { openers } = await quietly(() => import("./open-store.js"));
  const store = openers[kind](settings as never) as unknown as Work;
  port.postMessage({ result: undefined } satisfies WorkAnswer);
  return store;
}

function answer(work: () => unknown): void {
  try {
    port.postMessage({ result: work() } satisfies WorkAnswer);
  } catch (error) {
    port.postMessage({ fault: readFault(error, settings.path, kind) } satisfies WorkAnswer);
  }
}

/** Node 22 announces node:sqlite as experimental wherever it is loaded. In this thread only, that is left unsaid. */
async function quietly<Result>(load: () => Promise<Result>): Promise<Result> {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return await load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
