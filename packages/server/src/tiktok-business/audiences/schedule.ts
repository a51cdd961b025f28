import { BeaconryError } from "@beaconry/core";
import { checkOptions, group, type Rule, required, someText } from "@beaconry/core/internal";
import { Cron } from "croner";
import { type AudienceRun, openState } from "./state.js";
import { runSync, targetOf } from "./sync.js";
import { readSyncOptions, type SyncAudienceOptions, type SyncSettings } from "./sync-options.js";

/** When a run is due: once at a time (`Date` or Unix time in ms), or again and again. */
export type AudienceTimes =
  | { readonly at: Date | number }
  | {
      /** Five fields, or six with seconds in front: `0 2 * * *` is every night at two. */
      readonly cron: string;
      /** IANA name, such as `Europe/Berlin`. Default `UTC`. */
      readonly timeZone?: string;
    };

/** Options of {@link scheduleAudience}. */
export interface ScheduleAudienceOptions extends SyncAudienceOptions {
  readonly schedule: AudienceTimes;
  /** Is told of each run that ended, done or failed. */
  readonly onRun?: (result: { readonly run?: AudienceRun; readonly error?: unknown }) => void;
}

/** A schedule that runs. */
export interface AudienceSchedule {
  /** When the next run is due; absent when none is. */
  nextRun(): Date | undefined;
  /** Resolves when no further run is due: for `at` after its run, for `cron` once it was closed. */
  readonly done: Promise<void>;
  /** Starts no further run, and resolves when one that is under way is over. */
  close(): Promise<void>;
}

/** Slept at once, ms: a clock that is set meanwhile moves a run by no more. */
const longestSleep = 60_000;

const isMoment = (value: unknown) => Number.isFinite(value instanceof Date ? value.getTime() : value);

const rules = {
  schedule: required(
    group({ at: { takes: "a Date or Unix time in ms", fits: isMoment }, cron: someText, timeZone: someText }),
  ),
} satisfies Record<string, Rule>;

/**
 * Runs {@link syncAudience} when it is due, one run after the other. Runs that were missed, because no process was there
 * or a run took longer, are caught up by one; a run that was interrupted is continued at once. A run that fails is logged,
 * and the schedule goes on. Throws `invalid_option`.
 */
export function scheduleAudience(options: ScheduleAudienceOptions): AudienceSchedule {
  const { schedule, onRun, ...others } = options;
  const settings = readSyncOptions("scheduleAudience", others);
  const nextAfter = readTimes(schedule);
  const stop = new AbortController();
  const started = settings.now();
  let next: number | undefined;

  async function run(due: number | undefined): Promise<void> {
    try {
      onRun?.({ run: await runSync(settings, due) });
    } catch (error) {
      onRun?.({ error });
    }
  }

  async function work(): Promise<void> {
    const { last: before, isInterrupted } = await beginSchedule(settings, "cron" in schedule ? started : undefined);
    let last = before;
    if (isInterrupted) await run(undefined);
    for (;;) {
      next = nextAfter(last);
      if (next === undefined) return;
      await sleepUntil(next, settings, stop.signal);
      if (stop.signal.aborted) return;
      // Whatever was due until now is met by this run.
      last = Math.max(next, settings.now());
      await run(last);
    }
  }

  const done = work().finally(() => {
    next = undefined;
  });
  return {
    nextRun: () => (next === undefined || stop.signal.aborted ? undefined : new Date(next)),
    done,
    async close() {
      stop.abort();
      await done;
    },
  };
}

/** When the schedule was last met. One that begins is kept: what is missed from then on is caught up. */
async function beginSchedule(settings: SyncSettings, begins: number | undefined) {
  const { state, save, close } = await openState(settings.state, targetOf(settings));
  try {
    if (state.lastDue === undefined && begins !== undefined) {
      state.lastDue = begins;
      await save();
    }
    return { last: state.lastDue, isInterrupted: state.current?.started !== undefined };
  } finally {
    close();
  }
}

/** The first time after another one at which a run is due; `undefined` when none is. */
function readTimes(times: AudienceTimes): (last: number | undefined) => number | undefined {
  checkOptions("scheduleAudience", { schedule: times }, rules);
  const { at, cron, timeZone = "UTC" } = times as { at?: Date | number; cron?: string; timeZone?: string };
  if ((at === undefined) === (cron === undefined)) throw invalid("schedule has to have one of at and cron");
  if (at !== undefined) {
    const moment = Number(at);
    return (last) => (last === undefined || last < moment ? moment : undefined);
  }
  const job = readCron(cron ?? "", timeZone);
  return (last) => job.nextRun(new Date(last ?? 0))?.getTime();
}

function readCron(cron: string, timeZone: string): Cron {
  if (!isTimeZone(timeZone))
    throw invalid(`schedule.timeZone is no IANA time zone: ${timeZone}, accepted is one such as Europe/Berlin`);
  try {
    return new Cron(cron, { timezone: timeZone, paused: true });
  } catch (error) {
    const accepted = "five fields as of cron, such as 0 2 * * *, or six with seconds";
    const message = `scheduleAudience: schedule.cron is no pattern: ${cron}, accepted is ${accepted}`;
    throw new BeaconryError("invalid_option", message, { cause: error });
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

async function sleepUntil(time: number, { now, sleep }: SyncSettings, signal: AbortSignal): Promise<void> {
  for (let left = time - now(); left > 0 && !signal.aborted; left = time - now()) {
    await sleep(Math.min(left, longestSleep), signal);
  }
}

function invalid(what: string): BeaconryError {
  return new BeaconryError("invalid_option", `scheduleAudience: ${what}`);
}
