import { type ExitCode, exitCodes, usageError } from "../exit-codes.js";
import { confirm } from "../input.js";
import type { Terminal } from "../terminal.js";
import { count } from "../words.js";
import { countDeadLetters } from "./dead-letter-pages.js";
import { openOutbox } from "./open-outbox.js";
import { type DeadLetterOptions, filterOf, filterWords } from "./options.js";

/** Options of `beaconry outbox purge`. */
export interface PurgeOptions extends DeadLetterOptions {
  /** Not asked. */
  readonly yes?: boolean;
}

/** Deletes dead letters, once somebody has said yes. */
export async function purgeDead(options: PurgeOptions, terminal: Terminal): Promise<ExitCode> {
  const { yes = false, json } = options;
  if (!yes && (json || !terminal.canAsk)) throw usageError("what is purged is gone: say --yes");
  await using opened = await openOutbox("--outbox", options.outbox);
  const filter = filterOf(options);
  if (!yes) {
    const number = await countDeadLetters(opened.outbox, filter);
    const letters = `${count(number, "dead letter")}${filterWords(filter)}`;
    if (number > 0 && !(await confirm(`Delete ${letters} from ${opened.shown}?`))) {
      terminal.note("Nothing was deleted.");
      return exitCodes.failed;
    }
  }
  const purged = await opened.outbox.purge(filter);
  if (json) await terminal.print(JSON.stringify({ purged }));
  else await terminal.print(`${count(purged, "dead letter")} deleted`);
  return exitCodes.ok;
}
