import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { AudienceAction } from "./audiences.js";
import { AudienceError } from "./error.js";
import type { AudienceSchema } from "./schema.js";
import type { PeopleCounts } from "./take-people.js";
import type { AudienceFile } from "./write-files.js";

/** What a state is for: one folder serves one audience. */
export interface SyncTarget {
  readonly accountId: string;
  /** One of both. */
  readonly name?: string;
  readonly id?: string;
  readonly schema: AudienceSchema;
}

/** A run of a synchronisation, as it is logged. */
export interface AudienceRun {
  /** Runs that continue each other have the same. */
  readonly id: string;
  readonly action: AudienceAction;
  /** `interrupted`: its process ended in the middle. The next run continues it, or begins anew. */
  readonly status: "done" | "failed" | "interrupted";
  /** Whether it went on where one before had ended. */
  readonly resumed: boolean;
  /** Unix time, ms. */
  readonly started: number;
  /** Unix time, ms; absent for an interrupted one. */
  readonly ended?: number;
  /** Absent when it ended before all people were read. */
  readonly counts?: PeopleCounts;
  /** TikTok's id of the audience; absent as long as there is none. */
  readonly audienceId?: string;
  /** Files that were uploaded, by this run and those that it went on from, with TikTok's paths. */
  readonly files: readonly { readonly bytes: number; readonly filePath: string }[];
  /** In words, without anything of a person. */
  readonly error?: string;
}

/** A file, and where it is at TikTok once it has been uploaded. */
export type UploadedFile = AudienceFile & { filePath?: string };

/** A run that is not finished. */
export interface CurrentRun {
  readonly id: string;
  readonly action: AudienceAction;
  /** When the run that is under way began, Unix time in ms; absent between runs. */
  started?: number;
  resumed: boolean;
  /** Absent until all people are read. */
  prepared?: { readonly files: UploadedFile[]; readonly counts: PeopleCounts };
  /** Of an audience that this run makes: TikTok was asked to, and may have made it already; or it has. */
  making?: "asked" | "made";
  /** How many files are in the audience. */
  applied: number;
}

/** What is kept between runs. */
export interface SyncState {
  readonly version: 1;
  readonly target: SyncTarget;
  /** Known once it was found or made. */
  audienceId?: string;
  /** When the schedule was last met: Unix time, ms. */
  lastDue?: number;
  current?: CurrentRun;
  /** Oldest first. */
  runs: AudienceRun[];
}

/** The state of one audience, held by this process alone until it is closed. */
export interface OpenState {
  readonly state: SyncState;
  /** For the files of the run that is not finished. */
  readonly filesFolder: string;
  /** Keeps the state: all of it or, when the process ends meanwhile, none. */
  save(): Promise<void>;
  close(): void;
}

/** Runs that are logged; older ones are let go. */
const mostRuns = 1_000;

const stateFile = (folder: string) => join(folder, "state.json");

/** Makes the folder, readable by its owner only. Rejects with `busy` or `state_unusable`. */
export async function openState(folder: string, target: SyncTarget): Promise<OpenState> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  try {
    const state = (await readState(folder)) ?? { version: 1, target, runs: [] };
    checkTarget(state.target, target, folder);
    return {
      state,
      filesFolder: join(folder, "files"),
      async save() {
        state.runs.splice(0, state.runs.length - mostRuns);
        const draft = `${stateFile(folder)}.${randomUUID()}`;
        await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600, flush: true });
        await rename(draft, stateFile(folder));
      },
      close: () => lock.close(),
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** The state of a folder; `undefined` when there is none. Rejects with `state_unusable`. */
export async function readState(folder: string): Promise<SyncState | undefined> {
  let state: SyncState;
  try {
    state = JSON.parse(await readFile(stateFile(folder), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new AudienceError("state_unusable", `${stateFile(folder)} can not be read`, { cause: error });
  }
  if (state?.version !== 1 || !Array.isArray(state.runs)) {
    throw new AudienceError("state_unusable", `${stateFile(folder)} is no state of this version`);
  }
  return state;
}

/** A run as it is logged when nobody saw it end. */
export function interruptedRun(run: CurrentRun, audienceId: string | undefined): AudienceRun {
  return { ...loggedRun(run, audienceId), status: "interrupted" };
}

/** What there is to say of a run, but how it ended. */
export function loggedRun(run: CurrentRun, audienceId: string | undefined): Omit<AudienceRun, "status"> {
  const { id, action, resumed, started = 0, prepared } = run;
  return {
    id,
    action,
    resumed,
    started,
    ...(prepared && { counts: prepared.counts }),
    ...(audienceId !== undefined && { audienceId }),
    files: (prepared?.files ?? []).flatMap(({ bytes, filePath }) => (filePath ? [{ bytes, filePath }] : [])),
  };
}

/** Empties and makes the folder for files. */
export async function clearFiles(filesFolder: string): Promise<void> {
  await rm(filesFolder, { recursive: true, force: true });
  await mkdir(filesFolder, { mode: 0o700 });
}

/** A lock that the system gives back whatever becomes of this process. */
function lockFolder(folder: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, "lock"), { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    throw new AudienceError("busy", `another run works with ${folder}: wait until it is over`, { cause: error });
  }
}

function checkTarget(kept: SyncTarget, asked: SyncTarget, folder: string): void {
  const different = (["accountId", "name", "id", "schema"] as const).find((member) => kept[member] !== asked[member]);
  if (different) {
    const advice = "give each audience a folder of its own";
    throw new AudienceError(
      "state_unusable",
      `${folder} is the state of another audience (${different} differs): ${advice}`,
    );
  }
}
