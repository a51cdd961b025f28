import type { DeadLetter } from "../../outbox/outbox.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { plainText } from "../plain-text.js";
import type { Terminal } from "../terminal.js";
import { openOutbox } from "./open-outbox.js";
import { type DeadLetterOptions, filterOf } from "./options.js";

/** Options of `beaconry outbox dead`. */
export interface ListDeadOptions extends DeadLetterOptions {
  readonly limit: number;
  readonly after?: string;
  /** Whether to show what was sent: hashes, addresses, device ids. */
  readonly bodies?: boolean;
}

/** Lists dead letters, oldest first. */
export async function listDead(options: ListDeadOptions, terminal: Terminal): Promise<ExitCode> {
  const { outbox: text, limit, after, bodies = false, json } = options;
  const { print, style } = terminal;
  await using opened = await openOutbox("--outbox", text);
  const found = await opened.outbox.deadLetters({
    ...filterOf(options),
    limit: limit + 1,
    ...(after !== undefined && { after }),
  });
  const letters = found.slice(0, limit);
  const next = found.length > limit ? letters.at(-1)?.key : undefined;
  if (json) {
    const shown = letters.map((letter) => describe(letter, bodies));
    await print(JSON.stringify({ letters: shown, ...(next !== undefined && { next }) }));
    return exitCodes.ok;
  }
  for (const { diedAt, destination, name, id, reason, detail, group, body } of letters) {
    const who = `${destination}  ${plainText(name, 60)}  ${plainText(id, 64)}`;
    await print(`${style("dim", new Date(diedAt).toISOString())}  ${style("bold", who)}`);
    await print(`  ${style("red", reason)}  ${plainText(detail, 600)}`);
    if (bodies) for (const part of [group, body]) if (part !== "") await print(`  ${plainText(part, Infinity)}`);
  }
  if (letters.length === 0) await print("No dead letters.");
  if (next !== undefined) await print(`There are more: --after ${next}`);
  return exitCodes.ok;
}

function describe(letter: DeadLetter, withBody: boolean) {
  const { key, destination, name, id, time, diedAt, reason, detail, group, body } = letter;
  const iso = (milliseconds: number) => new Date(milliseconds).toISOString();
  const told = { key, destination, name, id, time: iso(time), diedAt: iso(diedAt), reason, detail };
  return withBody ? { ...told, group, body } : told;
}
