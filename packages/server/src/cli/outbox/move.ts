import type { MovableOutbox } from "../../outbox/movable-outbox.js";
import type { DeadLetter } from "../../outbox/outbox.js";
import { CliError, type ExitCode, exitCodes, usageError } from "../exit-codes.js";
import type { Progress } from "../progress.js";
import type { Terminal } from "../terminal.js";
import { count } from "../words.js";
import { countDeadLetters, deadLetterPages } from "./dead-letter-pages.js";
import { openOutbox } from "./open-outbox.js";

/** Options of `beaconry outbox move`. */
export interface MoveOptions {
  /** A path or an address. */
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

/** What went over. */
interface Moved {
  /** Events that waited. */
  events: number;
  /** Of those, how many the target had already, from a move that broke off. */
  duplicates: number;
  deadLetters: number;
}

/** Events and letters that go over at once. */
const batchSize = 500;
const onceKeyBatch = 5_000;

/**
 * Moves what one outbox holds into another. Nothing leaves the source before the target has it, so that it can break
 * off anywhere and be run again.
 */
export async function moveOutbox({ from, to, json }: MoveOptions, terminal: Terminal): Promise<ExitCode> {
  await using source = await openOutbox("--from", from);
  await using target = await openOutbox("--to", to);
  if (source.location === target.location) throw usageError("--from and --to are the same outbox");
  if (!json) terminal.note(`Nothing may deliver from ${source.shown} meanwhile: stop its trackers first.`);
  const moved: Moved = { events: 0, duplicates: 0, deadLetters: 0 };
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of signals) process.once(signal, onSignal);
  const total = (await source.outbox.waiting()) + (await countDeadLetters(source.outbox));
  const progress = terminal.progress("Moving", total);
  try {
    await moveOnceKeys(source.outbox, target.outbox);
    await moveEvents(source.outbox, target.outbox, { moved, progress, signal: stop.signal });
    await moveDeadLetters(source.outbox, target.outbox, { moved, progress, signal: stop.signal });
  } catch (error) {
    const why = stop.signal.aborted ? "stopped" : (error as Error).message;
    throw new CliError(`${why}. ${movedWords(moved)} so far, nothing is lost: run it again to go on`);
  } finally {
    progress.end();
    for (const signal of signals) process.off(signal, onSignal);
  }
  const left = await source.outbox.waiting();
  if (json) await terminal.print(JSON.stringify({ from: source.shown, to: target.shown, ...moved, left }));
  else {
    const known = moved.duplicates > 0 ? `; ${moved.duplicates} of them were there already` : "";
    await terminal.print(`${movedWords(moved)} from ${source.shown} to ${target.shown}${known}`);
    if (left > 0) terminal.note(`${count(left, "event")} came in meanwhile: run it again`);
  }
  return left > 0 ? exitCodes.failed : exitCodes.ok;
}

const signals = ["SIGINT", "SIGTERM"] as const;

function movedWords({ events, deadLetters }: Moved): string {
  return `${count(events, "event")} and ${count(deadLetters, "dead letter")} moved`;
}

interface Moving {
  readonly moved: Moved;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** First, so that nothing that was reported once is reported again by way of the target. */
async function moveOnceKeys(source: MovableOutbox, target: MovableOutbox): Promise<void> {
  let after: string | undefined;
  do {
    const { keys, next } = await source.onceKeys({ limit: onceKeyBatch, ...(after !== undefined && { after }) });
    if (keys.length > 0) await target.adoptOnceKeys(keys);
    after = next;
  } while (after !== undefined);
}

async function moveEvents(source: MovableOutbox, target: MovableOutbox, { moved, progress, signal }: Moving) {
  for (const destination of await source.destinations()) {
    for (;;) {
      signal.throwIfAborted();
      const parcels = await source.takeAll(destination, batchSize);
      if (parcels.length === 0) break;
      const outcomes = await target.adopt(parcels);
      await source.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      moved.events += parcels.length;
      moved.duplicates += outcomes.filter((outcome) => outcome === "duplicate").length;
      progress.advance(parcels.length);
    }
  }
}

async function moveDeadLetters(source: MovableOutbox, target: MovableOutbox, { moved, progress, signal }: Moving) {
  let isFirst = true;
  for (;;) {
    signal.throwIfAborted();
    const letters = await source.deadLetters({ limit: batchSize });
    const last = letters.at(-1);
    if (!last) return;
    // A move that broke off may have left the first ones in both.
    await target.adoptDeadLetters(isFirst ? await withoutKnown(letters, target) : letters);
    await source.dropDeadLetters(last.key);
    isFirst = false;
    moved.deadLetters += letters.length;
    progress.advance(letters.length);
  }
}

async function withoutKnown(letters: readonly DeadLetter[], target: MovableOutbox): Promise<readonly DeadLetter[]> {
  const unknown = new Map(letters.map((letter) => [identityOf(letter), letter]));
  for await (const page of deadLetterPages(target)) for (const letter of page) unknown.delete(identityOf(letter));
  return [...unknown.values()];
}

function identityOf({ destination, name, id, diedAt }: DeadLetter): string {
  return JSON.stringify([destination, name, id, diedAt]);
}
