import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isBeaconryError } from "@beaconry/core";
import type { FlushResult } from "../../index.js";
import { sqliteOutbox } from "../../sqlite/index.js";
import { type LeadForwarder, leadForwarder, type MappedLead } from "../../tiktok-business/index.js";
import { type ExitCode, exitCodes, usageError } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { count } from "../words.js";
import { type ReadOptions, readLeads } from "./read-leads.js";

/** Options of `beaconry leads forward`. */
export interface ForwardOptions extends ReadOptions {
  readonly to: string;
  readonly outbox: string;
  readonly replay?: boolean;
  /** Seconds. */
  readonly wait: number;
  readonly json?: boolean;
}

/** Leads put into the outbox at once. */
const step = 200;
/** How long a lead is recognised, ms: TikTok sends one again for three days. */
const recognised = 4 * 86_400_000;

/** Sends leads on to a URL, until it has them all or the time is over. */
export async function forwardLeads(
  file: string | undefined,
  options: ForwardOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const forwarder = await open(options);
  try {
    const replayed = options.replay ? await forwarder.replayDeadLetters() : 0;
    const kept = await keepAll(file, options, forwarder, terminal);
    const { delivered, dead, pending: waiting } = await sendAll(forwarder, options.wait * 1_000, terminal);
    const report = { ...kept, replayed, delivered, waiting, dead };
    if (options.json) await terminal.print(JSON.stringify(report));
    else {
      const parts = [`${count(delivered, "lead")} delivered`, `${waiting} waiting`, `${dead} given up`];
      await terminal.print([...parts, `${kept.duplicates} known before`].join(", "));
      const { lastError } = await forwarder.status();
      if (lastError && waiting > 0) terminal.note(`The receiver said last: ${lastError.detail}`);
      if (waiting > 0) terminal.note("Run it again, without the file, to go on.");
    }
    if (kept.rejected > 0) terminal.note(`${count(kept.rejected, "row")} without a lead's id`);
    return waiting + dead + kept.rejected > 0 ? exitCodes.failed : exitCodes.ok;
  } finally {
    await forwarder.close({ timeout: 0 });
  }
}

async function sendAll(forwarder: LeadForwarder, timeout: number, terminal: Terminal): Promise<FlushResult> {
  const { waiting = 0 } = await forwarder.status();
  const progress = terminal.progress("Sending", waiting);
  const advance = () => progress.advance(1);
  const ends = [forwarder.on("delivered", advance), forwarder.on("dead", advance)];
  try {
    return await forwarder.flush({ timeout });
  } finally {
    for (const end of ends) end();
    progress.end();
  }
}

async function open({ to, outbox: path }: ForwardOptions): Promise<LeadForwarder> {
  const { LEADS_SECRET: secret, LEADS_KEY: encryptionKey } = process.env;
  if (!secret) throw usageError("what requests are signed with is missing: give it in LEADS_SECRET");
  // Before a file is made for it.
  if (!URL.canParse(to)) throw usageError("--to is no address, accepted is one such as https://crm.example/leads");
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw usageError(`--outbox ${path} can not be made: ${(error as NodeJS.ErrnoException).code}`);
  }
  if (dirname(path) === ".beaconry") await writeFile(join(".beaconry", ".gitignore"), "*\n");
  const outbox = sqliteOutbox({ path, deduplicationWindow: recognised });
  try {
    return leadForwarder({ url: to, secret, outbox, ...(encryptionKey && { encryptionKey }) });
  } catch (error) {
    await outbox.close();
    throw isBeaconryError(error) ? usageError(asNamed(error.message)) : error;
  }
}

/** What an option of the forwarder is called here. */
const names: Readonly<Record<string, string>> = { url: "--to", secret: "LEADS_SECRET", encryptionKey: "LEADS_KEY" };

function asNamed(message: string): string {
  return message.replace(/^leadForwarder: (\w+)/, (_, name: string) => names[name] ?? name);
}

async function keepAll(
  file: string | undefined,
  options: ForwardOptions,
  forwarder: LeadForwarder,
  terminal: Terminal,
) {
  const counts = { added: 0, duplicates: 0, rejected: 0 };
  if (file === undefined) return counts;
  const { leads, rejected } = await readLeads(file, options, terminal);
  let batch: MappedLead[] = [];
  const keep = async () => {
    const outcomes = await forwarder.forward(batch);
    const added = outcomes.filter((outcome) => outcome === "added").length;
    counts.added += added;
    counts.duplicates += outcomes.length - added;
    batch = [];
  };
  for await (const lead of leads) if (batch.push(lead) === step) await keep();
  if (batch.length > 0) await keep();
  return { ...counts, rejected: rejected() };
}
