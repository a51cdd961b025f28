import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { BeaconryError } from "@beaconry/core";
import type { Stores, Work, WorkAnswer, WorkerStart } from "./protocol.js";
import type { StoreFault } from "./store-error.js";

/** How long opening may take, ms: another process may hold the file for five seconds. */
const openingTime = 15_000;

/** After a thread has died the next starts this much later at the earliest, ms. */
const restartAfter = 1_000;

/** What passes through the thread is garbage soon: a small nursery keeps its memory small, and costs no speed. */
const maxYoungGenerationSizeMb = 12;

type Method<Kind extends keyof Stores, Name extends keyof Stores[Kind]["work"]> = Extract<
  Stores[Kind]["work"][Name],
  Work[string]
>;

/** The thread that has the store. */
export interface StoreThread<Kind extends keyof Stores> {
  /** Rejects with a {@link BeaconryError}. Work is done in the order of the calls. */
  ask<Name extends keyof Stores[Kind]["work"]>(
    name: Name,
    ...args: Parameters<Method<Kind, Name>>
  ): Promise<ReturnType<Method<Kind, Name>>>;
  /** Whether it can still answer. */
  readonly isAlive: boolean;
}

/**
 * As {@link startStoreThread}; when the thread has died, the next call starts another: the file has all that was answered for.
 * @param now the clock, ms
 */
export function keepStoreThread<Kind extends keyof Stores>(
  store: Kind,
  settings: Stores[Kind]["settings"],
  now: () => number,
): StoreThread<Kind> {
  let thread = startStoreThread(store, settings);
  let startedAt = now();
  return {
    async ask(name, ...args) {
      if (!thread.isAlive && Math.abs(now() - startedAt) >= restartAfter) {
        startedAt = now();
        thread = startStoreThread(store, settings);
      }
      return thread.ask(name, ...args);
    },
    get isAlive() {
      return thread.isAlive;
    },
  };
}

/** Starts the thread and waits until the file is open, or throws why it is not. Takes some hundredths of a second. */
function startStoreThread<Kind extends keyof Stores>(
  store: Kind,
  settings: Stores[Kind]["settings"],
): StoreThread<Kind> {
  const { port1: port, port2 } = new MessageChannel();
  const opened = new Int32Array(new SharedArrayBuffer(4));
  const workerData: WorkerStart = { store, settings, port: port2, opened };
  const worker = new Worker(new URL("./sqlite-worker.js", import.meta.url), {
    workerData,
    transferList: [port2],
    resourceLimits: { maxYoungGenerationSizeMb },
  });
  const waiting: PromiseWithResolvers<unknown>[] = [];
  let death: BeaconryError | undefined;

  function read(answer: WorkAnswer): void {
    const next = waiting.shift();
    if (waiting.length === 0) port.unref();
    if ("fault" in answer) next?.reject(new BeaconryError(answer.fault.code, answer.fault.message));
    else next?.resolve(answer.result);
  }

  function die(fault: StoreFault, cause?: unknown): void {
    // What it answered before may not have been read yet.
    for (let last = receiveMessageOnPort(port); last; last = receiveMessageOnPort(port)) read(last.message);
    death ??= new BeaconryError(fault.code, fault.message, { cause });
    for (const { reject } of waiting.splice(0)) reject(death);
    port.unref();
  }

  worker.on("error", (error) => die(failed(`the thread that writes ${settings.path} has died: ${error}`), error));
  worker.on("exit", () => die(failed(`the thread that writes ${settings.path} has ended`)));
  // A store at rest must not keep a finished process alive.
  worker.unref();
  open(settings, port, opened);
  port.on("message", read);
  port.unref();

  return {
    ask(name, ...args) {
      if (death) return Promise.reject(death);
      const answer = Promise.withResolvers<unknown>();
      waiting.push(answer);
      port.ref();
      port.postMessage({ name, args });
      return answer.promise as Promise<never>;
    },
    get isAlive() {
      return death === undefined;
    },
  };
}

/** Creation throws what is wrong with the file, as it does for an option. That takes waiting for the thread. */
function open(settings: { readonly path: string }, port: MessagePort, opened: Int32Array): void {
  Atomics.wait(opened, 0, 0, openingTime);
  const answer = receiveMessageOnPort(port)?.message as WorkAnswer | undefined;
  const fault = answer
    ? "fault" in answer && answer.fault
    : failed(`the thread that writes ${settings.path} did not start`);
  if (fault) {
    port.close();
    throw new BeaconryError(fault.code, fault.message);
  }
}

function failed(message: string): StoreFault {
  return { code: "outbox_failed", message };
}
