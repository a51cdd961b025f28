import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { type FunnelEvent, funnelReport } from "@beaconry/core/funnel";
import { sqliteJournal } from "../../sqlite/index.js";
import { type ExitCode, exitCodes, usageError } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { chartLines } from "./chart.js";
import { reportPage } from "./report-page.js";

/** Options of `beaconry funnel`. */
export interface FunnelOptions {
  readonly journal: string;
  readonly days: number;
  readonly to?: number;
  readonly spend?: { readonly amount: number; readonly currency: string };
  readonly html?: string;
  readonly json?: boolean;
}

const day = 86_400_000;

/** Shows the report as a chart or JSON, and writes it as a page where asked to. */
export async function showFunnel(options: FunnelOptions, terminal: Terminal): Promise<ExitCode> {
  const { journal: path, days, to = Date.now(), spend, html, json } = options;
  // It would be made.
  if (!existsSync(path)) throw usageError(`there is no file ${path}`);
  const journal = sqliteJournal({ path });
  try {
    const { events } = await journal.status();
    const progress = terminal.progress("Reading", events);
    const window = { from: to - days * day, to };
    const report = await funnelReport(
      counted(journal.events({ to }), (more) => progress.advance(more)),
      {
        window,
        ...(spend && { spend }),
      },
    );
    progress.end();
    if (html !== undefined) await writePage(html, reportPage(report));
    if (json) await terminal.print(JSON.stringify(report));
    else for (const line of chartLines(report, terminal.style)) await terminal.print(line);
    if (html !== undefined) terminal.note(`Written: ${html}`);
    return exitCodes.ok;
  } finally {
    await journal.close();
  }
}

async function writePage(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page);
  } catch (error) {
    throw usageError(`--html ${path} can not be written: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function* counted(
  events: AsyncIterable<FunnelEvent>,
  advance: (count: number) => void,
): AsyncGenerator<FunnelEvent> {
  for await (const event of events) {
    advance(1);
    yield event;
  }
}
