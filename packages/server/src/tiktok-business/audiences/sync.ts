import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { meaningOf } from "../../destinations/tiktok-codes.js";
import { TikTokBusinessError } from "../error.js";
import type { Audience } from "./audiences.js";
import { AudienceError } from "./error.js";
import { findAudience, mostAudiences } from "./find-audience.js";
import { prepareFiles } from "./prepare.js";
import {
  type AudienceRun,
  type CurrentRun,
  clearFiles,
  interruptedRun,
  loggedRun,
  type OpenState,
  openState,
  readState,
  type SyncTarget,
} from "./state.js";
import { readSyncOptions, type SyncAudienceOptions, type SyncSettings } from "./sync-options.js";

/** Fewer people are of no use to TikTok. */
const fewestPeople = 1_000;
/** Files of one call; TikTok takes 500 and advises fewer than 50. */
const filesPerCall = 49;
/** Between two looks at an audience that TikTok processes, ms: the first, and the longest. */
const firstLook = 5_000;
const longestLook = 300_000;
/** How often an audience is made, looked for or changed, when TikTok's answer was lost. */
const attempts = 3;

/**
 * Brings people to an audience at TikTok: reads, checks, hashes and uploads them, makes the audience if there is none of
 * that name, and changes it. A run that broke off anywhere, also by a kill, is continued by the next one: what was
 * uploaded stays uploaded, and no second audience is made. Rejects with `AudienceError`, `TikTokBusinessError` or
 * `invalid_option`; the run is logged either way.
 */
export async function syncAudience(options: SyncAudienceOptions): Promise<AudienceRun> {
  return runSync(readSyncOptions("syncAudience", options));
}

/** The runs that are logged in a state folder, oldest first. Rejects with `state_unusable`. */
export async function audienceHistory(state: string): Promise<readonly AudienceRun[]> {
  const kept = await readState(state);
  if (!kept) return [];
  const { current, runs } = kept;
  return current?.started === undefined ? runs : [...runs, interruptedRun(current, kept.audienceId)];
}

/** One run. @param due when a schedule asked for it, Unix time in ms */
export async function runSync(settings: SyncSettings, due?: number): Promise<AudienceRun> {
  const { now } = settings;
  const open = await openState(settings.state, targetOf(settings));
  const { state, save } = open;
  try {
    const run = await begin(open, settings, due);
    const end = (status: AudienceRun["status"], error?: unknown): AudienceRun => {
      const ended: AudienceRun = {
        ...loggedRun(run, state.audienceId),
        status,
        ended: now(),
        ...(error !== undefined && { error: error instanceof Error ? error.message : String(error) }),
      };
      state.runs.push(ended);
      delete run.started;
      return ended;
    };
    try {
      await carryOut(run, open, settings);
    } catch (error) {
      end("failed", error);
      await (mayGoOn(run, error) ? save() : drop(open));
      throw error;
    }
    const ended = end("done");
    await drop(open);
    return ended;
  } finally {
    open.close();
  }
}

/** What the state of these settings is for. */
export function targetOf({ accountId, audience, schema }: SyncSettings): SyncTarget {
  return { accountId, ...audience, schema };
}

/** The run that is not finished, or another one. */
async function begin(open: OpenState, { action, now }: SyncSettings, due: number | undefined): Promise<CurrentRun> {
  const { state, save } = open;
  const before = state.current;
  if (before?.started !== undefined) state.runs.push(interruptedRun(before, state.audienceId));
  // What was prepared for one action is not for another.
  if (before && (before.action !== action || !(await isWhole(before, open)))) await drop(open);
  if (state.current) state.current.resumed = true;
  else state.current = { id: randomUUID(), action, resumed: false, applied: 0 };
  state.current.started = now();
  if (due !== undefined) state.lastDue = due;
  await save();
  return state.current;
}

/** Whether all people were read, and every file that has to go up is still there. */
async function isWhole({ prepared }: CurrentRun, { filesFolder }: OpenState): Promise<boolean> {
  if (!prepared) return false;
  for (const { name, bytes, filePath } of prepared.files) {
    const stats = filePath === undefined ? await stat(join(filesFolder, name)).catch(() => undefined) : { size: bytes };
    if (stats?.size !== bytes) return false;
  }
  return true;
}

/** Forgets the run first and its files then: the other way round, a kill would leave a run without files. */
async function drop({ state, filesFolder, save }: OpenState): Promise<void> {
  delete state.current;
  await save();
  await rm(filesFolder, { recursive: true, force: true });
}

async function carryOut(run: CurrentRun, open: OpenState, settings: SyncSettings): Promise<void> {
  const { state, save } = open;
  const { action } = settings;
  const target = await findTarget(run, open, settings);
  const { files, counts } = await prepare(run, open, settings);
  if (counts.valid < fewestPeople && (action === "replace" || !target)) {
    const many = `of ${counts.total} who were given, ${counts.valid} can be used`;
    throw new AudienceError("too_few_people", `an audience needs ${fewestPeople} people at least: ${many}`);
  }
  await upload(run, open, settings);
  const paths = files.map(({ filePath }) => filePath ?? "");
  while (run.applied < paths.length) {
    const step = stepOf(paths, run.applied);
    if (state.audienceId === undefined) state.audienceId = await create(run, step, open, settings);
    else {
      // The first files take the place of what there was; the others come to them.
      const isFirst = run.applied === 0 && run.making !== "made";
      const change = action === "replace" && !isFirst ? "append" : action;
      await update(state.audienceId, change, step, settings);
    }
    run.applied += step.length;
    await save();
  }
  if (settings.waitUntilUsable && state.audienceId !== undefined) await untilEditable(state.audienceId, settings);
}

const stepOf = (paths: readonly string[], from: number) => paths.slice(from, from + filesPerCall);

/** The audience, if it is there; its id goes into the state. */
async function findTarget(run: CurrentRun, { state, save }: OpenState, settings: SyncSettings) {
  const { audience: asked, action, schema } = settings;
  const { audience, isFull } = await lookFor(state.audienceId, settings);
  if (!audience) {
    delete state.audienceId;
    const what = "name" in asked ? "name" : "id";
    if ("id" in asked || action === "remove") {
      throw new AudienceError("no_such_audience", `the account has no audience of this ${what}`);
    }
    if (isFull && run.making === undefined) {
      const advice = "delete one that is not used";
      throw new AudienceError("too_many_audiences", `the account has ${mostAudiences} audiences, the most: ${advice}`);
    }
    return undefined;
  }
  if (audience.calculateType !== undefined && audience.schema !== schema) {
    const made = audience.schema ?? audience.calculateType;
    throw new AudienceError("other_schema", `the audience was made with schema ${made}, and takes no other`);
  }
  if (run.making === "asked" && run.prepared) {
    // The answer was lost, not the audience: its first files are in it.
    run.making = "made";
    run.applied = stepOf(
      run.prepared.files.map(({ name }) => name),
      0,
    ).length;
  }
  state.audienceId = audience.id;
  await save();
  return audience;
}

async function lookFor(
  known: string | undefined,
  { audiences, accountId, audience }: SyncSettings,
): Promise<{ audience?: Audience; isFull: boolean }> {
  if ("name" in audience) {
    const found = await findAudience(audiences, accountId, audience.name);
    if (found.audience || known === undefined) return found;
    // It may have another name by now.
    const renamed = await lookById(known, audiences, accountId);
    return { ...found, ...(renamed && { audience: renamed }) };
  }
  const found = await lookById(audience.id, audiences, accountId);
  return { isFull: false, ...(found && { audience: found }) };
}

async function lookById(
  id: string,
  audiences: SyncSettings["audiences"],
  accountId: string,
): Promise<Audience | undefined> {
  try {
    return (await audiences.get(accountId, [id], { history: 1 })).find((audience) => audience.id === id);
  } catch (error) {
    if (isRefused(error)) return undefined;
    throw error;
  }
}

/** Reads the people, unless a run before has. */
async function prepare(run: CurrentRun, { filesFolder, save }: OpenState, settings: SyncSettings) {
  if (run.prepared) return run.prepared;
  const { schema, emailForm, largestFile, onProgress } = settings;
  await clearFiles(filesFolder);
  const { steps, bytes: total } = await settings.openPeople();
  let bytes = 0;
  let people = 0;
  const { files, counts } = await prepareFiles(steps, {
    schema,
    emailForm,
    largestFile,
    folder: filesFolder,
    onStep(moreBytes, morePeople) {
      bytes += moreBytes;
      people += morePeople;
      onProgress?.({ stage: "reading", people, ...(total !== undefined && { bytes, total }) });
    },
  });
  run.prepared = { files: files.map((file) => ({ ...file })), counts };
  await save();
  return run.prepared;
}

/** Uploads the files that are not at TikTok yet; each is kept as uploaded before the next. */
async function upload(run: CurrentRun, { filesFolder, save }: OpenState, settings: SyncSettings): Promise<void> {
  const { audiences, accountId, schema, onProgress } = settings;
  const files = run.prepared?.files ?? [];
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let bytes = 0;
  for (const file of files) {
    if (file.filePath === undefined) {
      const path = join(filesFolder, file.name);
      file.filePath = await audiences.upload(accountId, { path, md5: file.md5, schema });
      await save();
    }
    bytes += file.bytes;
    onProgress?.({ stage: "uploading", bytes, total });
  }
}

/** Makes the audience once, also when TikTok's answer is lost. */
async function create(
  run: CurrentRun,
  files: readonly string[],
  { save }: OpenState,
  settings: SyncSettings,
): Promise<string> {
  const { audiences, accountId, schema, subType, retentionDays, sleep } = settings;
  const { name } = settings.audience as { name: string };
  run.making = "asked";
  await save();
  for (let attempt = 1; ; attempt++) {
    let id: string | undefined;
    try {
      id = await audiences.create(accountId, {
        name,
        schema,
        files,
        ...(subType && { subType }),
        ...(retentionDays !== undefined && { retentionDays }),
      });
    } catch (error) {
      if (isRefused(error)) delete run.making;
      if (!mayBeDone(error)) throw error;
      await sleep(firstLook);
      id = (await findAudience(audiences, accountId, name)).audience?.id;
      if (id === undefined && attempt === attempts) throw error;
    }
    if (id === undefined) continue;
    run.making = "made";
    return id;
  }
}

/** Changes the audience, also when TikTok's answer is lost: the same change a second time changes nothing more. */
async function update(
  id: string,
  action: SyncSettings["action"],
  files: readonly string[],
  settings: SyncSettings,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await untilEditable(id, settings);
    try {
      return await settings.audiences.update(settings.accountId, id, action, files);
    } catch (error) {
      if (!mayBeDone(error) || attempt === attempts) throw error;
    }
  }
}

/** Waits until TikTok takes changes of the audience. */
async function untilEditable(id: string, settings: SyncSettings): Promise<void> {
  const { audiences, accountId, patience, sleep, onProgress } = settings;
  let waited = 0;
  for (let wait = firstLook; ; wait = Math.min(wait * 2, longestLook)) {
    const audience = await lookById(id, audiences, accountId);
    if (audience?.usable) return;
    if (waited >= patience) {
      const words = [audience?.error, audience?.message].filter(Boolean).join("; ");
      throw new AudienceError(
        "not_editable",
        `TikTok takes no changes of audience ${id} yet: it is being processed, which may take 48 hours, or ` +
          `matches fewer than ${fewestPeople} people, or has expired${words && ` (${words})`}. Run it again later`,
      );
    }
    onProgress?.({ stage: "processing" });
    const step = Math.min(wait, patience - waited);
    await sleep(step);
    waited += step;
  }
}

/** Whether what was prepared and uploaded is still of use. */
function mayGoOn(run: CurrentRun, error: unknown): boolean {
  if (!run.prepared) return false;
  if (error instanceof AudienceError) return error.code === "not_editable" || error.code === "too_many_audiences";
  return !isRefused(error);
}

/** TikTok has understood, and does not want it: the same again would be refused again. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof TikTokBusinessError) || error.mayBeDone) return false;
  return error.code !== undefined && meaningOf(error.code) === undefined;
}

/** Nobody knows whether TikTok did it. */
function mayBeDone(error: unknown): boolean {
  return error instanceof TikTokBusinessError && error.mayBeDone;
}
