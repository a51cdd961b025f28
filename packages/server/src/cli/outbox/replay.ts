import { type ExitCode, exitCodes } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { count } from "../words.js";
import { countDeadLetters } from "./dead-letter-pages.js";
import { openOutbox } from "./open-outbox.js";
import { type DeadLetterOptions, filterOf } from "./options.js";

/** Puts dead letters back. A tracker that is running finds them within a minute. */
export async function replayDead(options: DeadLetterOptions, terminal: Terminal): Promise<ExitCode> {
  await using opened = await openOutbox("--outbox", options.outbox);
  const filter = filterOf(options);
  const replayed = await opened.outbox.replay(filter);
  const left = await countDeadLetters(opened.outbox, filter);
  if (options.json) await terminal.print(JSON.stringify({ replayed, left }));
  else {
    const stay = left > 0 ? `; ${left} stay dead, too old for the vendor by now` : "";
    await terminal.print(`${count(replayed, "dead letter")} put back${stay}`);
  }
  return exitCodes.ok;
}
