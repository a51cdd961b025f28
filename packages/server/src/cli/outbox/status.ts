import type { MovableOutbox } from "../../outbox/movable-outbox.js";
import type { DeadReason } from "../../outbox/outbox.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { plainText } from "../plain-text.js";
import { tableLines } from "../table.js";
import type { Terminal } from "../terminal.js";
import { duration, grouped } from "../words.js";
import { deadLetterPages } from "./dead-letter-pages.js";
import { openOutbox } from "./open-outbox.js";
import type { OutboxOptions } from "./options.js";

/** What an outbox holds of one destination. */
interface DestinationContent {
  readonly name: string;
  readonly waiting: number;
  /** When the event happened that has waited longest, ISO 8601; absent when none waits. */
  readonly oldest?: string;
  readonly dead: Readonly<Record<DeadReason, number>>;
}

/** Says what waits in an outbox, since when, and what is dead. */
export async function showStatus({ outbox: text, json }: OutboxOptions, terminal: Terminal): Promise<ExitCode> {
  await using opened = await openOutbox("--outbox", text);
  const destinations = await readContents(opened.outbox);
  const waiting = destinations.reduce((sum, one) => sum + one.waiting, 0);
  const dead = destinations.reduce((sum, one) => sum + total(one.dead), 0);
  if (json) {
    await terminal.print(JSON.stringify({ outbox: opened.shown, waiting, dead, destinations }));
    return exitCodes.ok;
  }
  await terminal.print(`${terminal.style("bold", opened.shown)}  ${grouped(waiting)} waiting, ${grouped(dead)} dead`);
  if (destinations.length === 0) return exitCodes.ok;
  await terminal.print();
  const columns = [
    { title: "destination" },
    { title: "waiting", right: true },
    { title: "oldest event" },
    { title: "dead" },
  ] as const;
  for (const line of tableLines(columns, destinations.map(toRow))) await terminal.print(`  ${line}`);
  return exitCodes.ok;
}

async function readContents(outbox: MovableOutbox): Promise<readonly DestinationContent[]> {
  const dead = new Map<string, Record<DeadReason, number>>();
  for await (const letters of deadLetterPages(outbox)) {
    for (const { destination, reason } of letters) {
      const counts = dead.get(destination) ?? noneDead();
      counts[reason]++;
      dead.set(destination, counts);
    }
  }
  const contents: DestinationContent[] = [];
  for (const name of await outbox.destinations()) {
    const oldest = await outbox.oldest(name);
    contents.push({
      name,
      waiting: await outbox.waiting(name),
      ...(oldest !== undefined && { oldest: new Date(oldest).toISOString() }),
      dead: dead.get(name) ?? noneDead(),
    });
  }
  return contents;
}

function noneDead(): Record<DeadReason, number> {
  return { refused: 0, expired: 0, attempts: 0 };
}

function total(dead: DestinationContent["dead"]): number {
  return Object.values(dead).reduce((sum, number) => sum + number, 0);
}

function toRow({ name, waiting, oldest, dead }: DestinationContent): string[] {
  const age = oldest === undefined ? "–" : `${duration(Date.now() - Date.parse(oldest))} ago`;
  const reasons = Object.entries(dead).filter(([, number]) => number > 0);
  const words = reasons.map(([reason, number]) => `${grouped(number)} ${reason}`).join(", ");
  return [plainText(name, 40), grouped(waiting), age, words || "–"];
}
