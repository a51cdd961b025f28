import {
  type AudienceAction,
  type AudienceProgress,
  type AudienceRun,
  type AudienceSchema,
  type CsvColumns,
  type SyncAudienceOptions,
  scheduleAudience,
  syncAudience,
} from "../../tiktok-business/index.js";
import { CliError, type ExitCode, exitCodes, usageError } from "../exit-codes.js";
import type { Progress } from "../progress.js";
import type { Terminal } from "../terminal.js";
import { count, grouped } from "../words.js";
import { type AccountOptions, audienceOf, openAudiences, stateFolder } from "./access.js";
import { namedError } from "./named-error.js";
import { openJournal } from "./open-journal.js";
import { type RuleOptions, readRule } from "./read-rule.js";

/** Options of `beaconry audience sync`. */
export interface SyncCommandOptions extends AccountOptions, RuleOptions {
  readonly csv?: string;
  readonly column: readonly string[];
  readonly journal?: string;
  readonly name?: string;
  readonly id?: string;
  readonly action: AudienceAction;
  readonly schema: AudienceSchema;
  readonly plainEmails?: boolean;
  readonly retention?: number;
  readonly wait?: boolean;
  readonly state?: string;
  /** Unix time, ms. */
  readonly at?: number;
  readonly cron?: string;
  readonly timeZone?: string;
  readonly json?: boolean;
}

/** TikTok needs up to two days, ms; a little more. */
const longestProcessing = 50 * 3_600_000;

/** Brings the people to the audience: now, at a time, or again and again until the process is asked to end. */
export async function syncFromCommand(options: SyncCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { csv, journal: journalPath, at, cron, timeZone, json } = options;
  if ((csv === undefined) === (journalPath === undefined))
    throw usageError("one of --csv and --journal has to be there");
  if (at !== undefined && cron !== undefined) throw usageError("one of --at and --cron, not both");
  if (timeZone !== undefined && cron === undefined) throw usageError("--time-zone is for --cron");
  checkBelongings(options);
  const audience = audienceOf(options);
  const rule = journalPath === undefined ? undefined : await readRule(options);
  const columns = readColumns(options.column);
  await using journal = journalPath === undefined ? undefined : await openJournal(journalPath);
  const progress = createSyncProgress(terminal);
  const sync: SyncAudienceOptions = {
    ...(await openAudiences(options, process.env)),
    audience,
    action: options.action,
    schema: options.schema,
    state: await stateFolder(options),
    ...(csv !== undefined && { csv: { path: csv, ...(columns && { columns }) } }),
    ...(journal && rule && { journal, rule }),
    ...(options.plainEmails && { emailForm: "withoutDotsAndTags" }),
    ...(options.retention !== undefined && { retentionDays: options.retention }),
    ...(options.wait && { waitUntilUsable: true, patience: longestProcessing }),
    onProgress: progress.show,
  };
  const tell = async (run: AudienceRun) => {
    progress.end();
    for (const line of json ? [JSON.stringify(run)] : runLines(run, options.name)) await terminal.print(line);
  };
  try {
    if (at === undefined && cron === undefined) {
      await tell(await syncAudience(sync));
      return exitCodes.ok;
    }
    return await keepSchedule(sync, options, terminal, tell);
  } catch (error) {
    throw namedError(error);
  } finally {
    progress.end();
  }
}

/** What is of no use would be left out in silence, and other people be brought than meant. */
function checkBelongings({ csv, include, exclude, rule, column }: SyncCommandOptions): void {
  if (csv === undefined) {
    if (column.length > 0) throw usageError("--column is for --csv");
    return;
  }
  const option = include.length > 0 ? "--include" : exclude.length > 0 ? "--exclude" : rule && "--rule";
  if (option) throw usageError(`${option} is for --journal: of a CSV everybody is taken`);
}

async function keepSchedule(
  sync: SyncAudienceOptions,
  { at, cron, timeZone }: SyncCommandOptions,
  terminal: Terminal,
  tell: (run: AudienceRun) => Promise<void>,
): Promise<ExitCode> {
  let failed = false;
  const told: Promise<void>[] = [];
  const schedule = scheduleAudience({
    ...sync,
    schedule: at === undefined ? { cron: cron ?? "", ...(timeZone !== undefined && { timeZone }) } : { at },
    onRun({ run, error }) {
      failed = error !== undefined;
      if (run) told.push(tell(run));
      else terminal.note(`failed: ${error instanceof Error ? error.message : String(error)}`);
    },
  });
  const stop = () => void schedule.close();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  if (cron !== undefined) terminal.note(`Runs at ${cron} (${timeZone ?? "UTC"}) until Ctrl+C.`);
  await schedule.done;
  await Promise.all(told);
  if (failed && at !== undefined) throw new CliError("the run failed");
  return exitCodes.ok;
}

function readColumns(texts: readonly string[]): CsvColumns | undefined {
  const columns: Record<string, string[]> = {};
  for (const text of texts) {
    const [, field, title] = /^(email|phone|country|idfa|gaid)=(.+)$/.exec(text) ?? [];
    if (!field || !title) {
      throw usageError(
        `--column ${text} is none, accepted is email, phone, country, idfa or gaid with a title: email=Mail`,
      );
    }
    columns[field] = [...(columns[field] ?? []), title];
  }
  return texts.length > 0 ? columns : undefined;
}

const stages = { reading: "Reading", uploading: "Uploading" } as const;

/** A bar for each stage of which it is known how long it is. */
function createSyncProgress(terminal: Terminal) {
  let bar: Progress | undefined;
  let shown: AudienceProgress["stage"] | undefined;
  let done = 0;
  const end = () => {
    bar?.end();
    bar = undefined;
    shown = undefined;
    done = 0;
  };
  return {
    end,
    show({ stage, bytes = 0, total, people }: AudienceProgress) {
      if (stage !== shown) {
        end();
        shown = stage;
        if (stage === "processing") terminal.note("TikTok is processing the audience …");
        else if (total !== undefined) bar = terminal.progress(stages[stage], total);
      }
      bar?.advance(bytes - done, people === undefined ? `${grouped(bytes)} bytes` : `${grouped(people)} people`);
      done = bytes;
    },
  };
}

function runLines({ action, audienceId, counts, files, resumed }: AudienceRun, name: string | undefined): string[] {
  const done = { append: "appended to", replace: "replaced", remove: "removed from" }[action];
  const reasons = Object.entries(counts?.reasons ?? {}).map(([reason, number]) => `${reason} ${grouped(number)}`);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    `${name === undefined ? "" : `${name}  `}${audienceId ?? "–"}  ${done}${resumed ? ", after a run that broke off" : ""}`,
    ...(counts
      ? [
          `  ${grouped(counts.total)} people: ${grouped(counts.valid)} valid, ${grouped(counts.duplicate)} duplicate, ` +
            `${grouped(counts.invalid)} invalid${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""}`,
        ]
      : []),
    `  ${count(files.length, "file")}, ${grouped(bytes)} bytes. TikTok processes them for up to 48 hours.`,
  ];
}
