import { BeaconryError } from "@beaconry/core";
import { checkOptions, oneOf, type Rule, textLike } from "@beaconry/core/internal";
import { errorKind } from "../../error-kind.js";
import type { BusinessApi } from "../api.js";
import { TikTokBusinessError } from "../error.js";
import { type LeadSource, leadSources, readApiLead, type TikTokLead } from "./lead.js";
import { readLeadFile } from "./read-lead-file.js";

/** Where TikTok keeps leads of people who live there: each region is asked apart. Default: the rest of the world. */
export const leadRegions = ["eu", "us"] as const;

/** `eu` is the European Economic Area, Switzerland and the United Kingdom. */
export type LeadRegion = (typeof leadRegions)[number];

/** Whose leads: of an account, or of a form library where they were moved to a Business Center. One of the two. */
export interface LeadOwner {
  accountId?: string;
  libraryId?: string;
}

/** Which leads. */
export interface LeadQuery extends LeadOwner {
  /** Needed but for direct messages. */
  formId?: string;
  /** Default `INSTANT_FORM`. */
  source?: LeadSource;
}

/** Which leads a file is to hold: those of a form or of an ad. */
export interface LeadFileQuery extends LeadOwner {
  formId?: string;
  adId?: string;
  region?: LeadRegion;
}

/** How far TikTok is with a file. */
export interface LeadTask {
  readonly id: string;
  readonly status: "CREATED" | "RUNNING" | "SUCCEED" | "FAILED";
  /** Once it is there; TikTok deletes it after 10 minutes. */
  readonly fileName?: string;
  readonly fileType?: "csv" | "zip";
}

/** Leads of whoever signed in, who must be the account's admin. */
export interface Leads {
  /** A form's questions. */
  fields(query: LeadQuery): Promise<readonly string[]>;
  /** A lead of the form; TikTok does not say which of them. `undefined` when there is none. */
  get(query: LeadQuery): Promise<TikTokLead | undefined>;
  /** Asks TikTok to write a file. */
  createTask(query: LeadFileQuery): Promise<LeadTask>;
  task(id: string, query: LeadFileQuery): Promise<LeadTask>;
  /** The file's bytes, a CSV or a ZIP: `readLeadFile` reads either. */
  taskFile(id: string, query: LeadFileQuery): Promise<ReadableStream<Uint8Array>>;
  /**
   * All leads of a form or an ad: asks for a file, waits for it, reads it. Rejects with `TikTokBusinessError` also when
   * TikTok could not write the file, or not within `timeout` ms (default 10 minutes).
   */
  download(query: LeadFileQuery, options?: { timeout?: number }): AsyncIterable<TikTokLead>;
  /** Makes a test lead, which subscriptions send as any other. A form has one at most. */
  createTestLead(query: LeadQuery): Promise<TikTokLead | undefined>;
  testLead(query: LeadQuery): Promise<TikTokLead | undefined>;
  deleteTestLead(query: LeadQuery): Promise<void>;
}

/** What waiting goes by. */
export interface LeadsParts {
  /** The API for leads of a region. */
  readonly apiOf: (region: LeadRegion | undefined) => BusinessApi;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** A clock that is never set, ms. */
  readonly elapsed: () => number;
}

const id = textLike(/^\d{1,40}$/, "digits");
const owner = { accountId: id, libraryId: id } satisfies Record<keyof LeadOwner, Rule>;
const queryRules = { ...owner, formId: id, source: oneOf(...leadSources) } satisfies Record<keyof LeadQuery, Rule>;
const fileRules = { ...owner, formId: id, adId: id, region: oneOf(...leadRegions) } satisfies Record<
  keyof LeadFileQuery,
  Rule
>;

/** First wait for a file, and the longest, ms. */
const [firstWait, longestWait] = [250, 15_000];

const paths = {
  task: "/page/lead/task/",
  file: "/page/lead/task/download/",
  mock: "/page/lead/mock",
} as const;

/** Calls about leads. */
export function createLeads({ apiOf, sleep, elapsed }: LeadsParts): Leads {
  const api = apiOf(undefined);

  async function askTask(task: string | undefined, query: LeadFileQuery): Promise<LeadTask> {
    const body = { ...toOwner(query), ad_id: query.adId, page_id: query.formId, task_id: task };
    const data = await apiOf(query.region).post<Record<string, unknown>>(paths.task, body, { repeatable: true });
    const { status, task_id, file_name, file_type } = data;
    return {
      id: String(task_id ?? task ?? ""),
      status: String(status) as LeadTask["status"],
      ...(typeof file_name === "string" && { fileName: file_name }),
      ...((file_type === "csv" || file_type === "zip") && { fileType: file_type }),
    };
  }

  async function waitFor(query: LeadFileQuery, timeout: number): Promise<LeadTask> {
    const start = elapsed();
    let task = await leads.createTask(query);
    for (let wait = firstWait; task.status !== "SUCCEED"; wait = Math.min(wait * 2, longestWait)) {
      if (task.status === "FAILED") throw new TikTokBusinessError(`${paths.task}: the file failed`, paths.task);
      if (elapsed() - start + wait > timeout) {
        throw new TikTokBusinessError(`${paths.task}: no file within ${timeout} ms`, paths.task);
      }
      await sleep(wait);
      task = await leads.task(task.id, query);
    }
    return task;
  }

  const leads: Leads = {
    async fields(query) {
      const { fields } = await api.get<{ fields?: unknown }>("/lead/field/get/", toQuery("leads.fields", query));
      return Array.isArray(fields) ? fields.map(String) : [];
    },
    get: async (query) => readApiLead(await api.get("/lead/get/", toQuery("leads.get", query))),
    createTask(query) {
      checkFileQuery(query);
      return askTask(undefined, query);
    },
    task(task, query) {
      checkFileQuery(query);
      return askTask(task, query);
    },
    async taskFile(task, query) {
      checkFileQuery(query);
      return apiOf(query.region).download(paths.file, { ...toOwner(query), task_id: task });
    },
    async *download(query, { timeout = 600_000 } = {}) {
      const { id: task } = await waitFor(query, timeout);
      yield* readLeadFile({ stream: toTheEnd(await leads.taskFile(task, query)), form: query.formId });
    },
    async createTestLead(query) {
      return readApiLead(await api.post(`${paths.mock}/create/`, toQuery("leads.createTestLead", query)));
    },
    testLead: async (query) => readApiLead(await api.get(`${paths.mock}/get/`, toQuery("leads.testLead", query))),
    async deleteTestLead(query) {
      const of = toQuery("leads.deleteTestLead", query);
      const lead = readApiLead(await api.get(`${paths.mock}/get/`, of));
      // TikTok's pages name either of the two, in the course of time.
      await api.post(`${paths.mock}/delete/`, { ...of, lead_id: lead?.id }, { repeatable: true });
    },
  };
  return leads;
}

/** What breaks off is TikTok's failure, and not the file's. */
async function* toTheEnd(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw new TikTokBusinessError(`${paths.file}: no whole answer: ${errorKind(error)}`, paths.file);
  }
}

function toOwner({ accountId, libraryId }: LeadOwner) {
  return { advertiser_id: accountId, library_id: libraryId };
}

function toQuery(call: string, query: LeadQuery) {
  checkOptions(call, query, queryRules);
  checkOwner(call, query);
  const { formId, source = "INSTANT_FORM" } = query;
  if ((formId === undefined) === (source === "INSTANT_FORM")) {
    const accepted = source === "INSTANT_FORM" ? "digits" : "none for direct messages";
    throw new BeaconryError("invalid_option", `${call}: formId does not fit, accepted is ${accepted}`);
  }
  return { ...toOwner(query), page_id: formId, lead_source: source };
}

function checkFileQuery(query: LeadFileQuery): void {
  checkOptions("leads.download", query, fileRules);
  checkOwner("leads.download", query);
  if ((query.formId === undefined) === (query.adId === undefined)) {
    throw new BeaconryError("invalid_option", "leads.download: accepted is formId or adId, one of the two");
  }
}

function checkOwner(call: string, { accountId, libraryId }: LeadOwner): void {
  if ((accountId === undefined) !== (libraryId === undefined)) return;
  throw new BeaconryError("invalid_option", `${call}: accepted is accountId or libraryId, one of the two`);
}
