import { type AudienceRun, audienceHistory } from "../../tiktok-business/index.js";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { plainText } from "../plain-text.js";
import { tableLines } from "../table.js";
import type { Terminal } from "../terminal.js";
import { duration, grouped } from "../words.js";
import { type AccountOptions, audienceOf, stateFolder } from "./access.js";

/** Options of `beaconry audience history`. */
export interface HistoryOptions extends AccountOptions {
  readonly name?: string;
  readonly id?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** Shows the log of runs, oldest first: one a line, or as a table. */
export async function showHistory(options: HistoryOptions, terminal: Terminal): Promise<ExitCode> {
  if (options.state === undefined) audienceOf(options);
  const runs = await audienceHistory(await stateFolder(options));
  if (options.json) {
    for (const run of runs) await terminal.print(JSON.stringify(run));
    return exitCodes.ok;
  }
  if (runs.length === 0) {
    terminal.note("There is no run of this audience from here.");
    return exitCodes.ok;
  }
  const right = true as const;
  const columns = [
    { title: "started" },
    { title: "took", right },
    { title: "action" },
    { title: "status" },
    { title: "people", right },
    { title: "valid", right },
    { title: "invalid", right },
    { title: "files", right },
    { title: "audience" },
  ];
  const [titles = "", ...lines] = tableLines(columns, runs.map(toRow));
  await terminal.print(terminal.style("dim", titles));
  for (const [index, line] of lines.entries()) {
    await terminal.print(line);
    const { error } = runs[index] ?? {};
    if (error !== undefined) await terminal.print(terminal.style("red", `  ${plainText(error, 300)}`));
  }
  return exitCodes.ok;
}

function toRow({ started, ended, action, status, counts, files, audienceId }: AudienceRun): string[] {
  const number = (value: number | undefined) => (value === undefined ? "–" : grouped(value));
  return [
    new Date(started).toISOString().slice(0, 19).replace("T", " "),
    ended === undefined ? "–" : duration(ended - started),
    action,
    status,
    number(counts?.total),
    number(counts?.valid),
    number(counts?.invalid),
    String(files.length),
    audienceId ?? "–",
  ];
}
