import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { BeaconryError } from "@beaconry/core";
import type { AudienceRule } from "@beaconry/core/funnel";
import { checkAudienceRule } from "@beaconry/core/funnel";
import {
  aFunction,
  anyOf,
  checkOptions,
  group,
  numberFrom,
  oneOf,
  type Rule,
  required,
  someText,
  textLike,
  wholeFrom,
  withMethods,
  yesOrNo,
} from "@beaconry/core/internal";
import type { Journal } from "../../journal/journal.js";
import type { AudienceAction, Audiences, NewAudience } from "./audiences.js";
import { type PeopleStep, stepsOf } from "./people-source.js";
import type { AudiencePerson, EmailForm } from "./person.js";
import { type CsvSource, readCsv } from "./read-csv.js";
import { type AudienceSchema, audienceSchemas } from "./schema.js";

type People = Iterable<AudiencePerson> | AsyncIterable<AudiencePerson>;

/** How far a run is. */
export interface AudienceProgress {
  readonly stage: "reading" | "uploading" | "processing";
  /** People and, where they come from a file, bytes read; or bytes uploaded. */
  readonly people?: number;
  readonly bytes?: number;
  /** Bytes there are, where that is known. */
  readonly total?: number;
}

/** Options of {@link syncAudience}. People come from one of `people`, `csv` and `journal` with `rule`. */
export interface SyncAudienceOptions {
  /** `tiktokBusiness(…).audiences`. */
  audiences: Audiences;
  /** The ad account that has the audience. */
  accountId: string;
  /** An audience of this name, made if there is none; or that of this id. */
  audience: { name: string } | { id: string };
  /** A function is asked for each run, so that a schedule gets the people of the day. */
  people?: People | (() => People);
  /** A path, or a path with columns. */
  csv?: string | CsvSource;
  /** Where the rule finds its people. */
  journal?: Pick<Journal, "members">;
  /** Who is meant: `@beaconry/core/funnel`. */
  rule?: AudienceRule;
  action: AudienceAction;
  /** By what people are known. Default `multiple`. */
  schema?: AudienceSchema;
  /** A folder, made if there is none, that keeps what is done and the log of runs: one for each audience. */
  state: string;
  /** Default `lowerCase`. */
  emailForm?: EmailForm;
  /** Bytes of one file, from 100 kB to 250 MB. Default 20 MB. */
  largestFile?: number;
  /** Of an audience that is made: see {@link NewAudience}. */
  subType?: NewAudience["subType"];
  retentionDays?: number;
  /** Longest wait for TikTok's processing of the audience, ms. Default 1 hour. */
  patience?: number;
  /** Whether to wait at the end until ads can use the audience, which may take two days. Default false. */
  waitUntilUsable?: boolean;
  onProgress?: (progress: AudienceProgress) => void;
  /** The clock, Unix time in ms. Default `Date.now`. */
  now?: () => number;
  /** Waits so many milliseconds; is asked to end early when the signal is aborted. Default `setTimeout`. */
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

/** Options with their defaults, and where the people come from. */
export interface SyncSettings extends Omit<SyncAudienceOptions, "people" | "csv" | "journal" | "rule"> {
  schema: AudienceSchema;
  emailForm: EmailForm;
  largestFile: number;
  patience: number;
  now: () => number;
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** Opens the source anew. */
  openPeople: () => Promise<{ readonly steps: AsyncIterable<PeopleStep>; readonly bytes?: number }>;
}

const largestUpload = 250_000_000;
/** So many smaller ones as one call takes might have too few people. */
const smallestFile = 100_000;

const title = anyOf("a column's title or a list of them", someText, {
  takes: "",
  fits: (value) => Array.isArray(value) && value.length > 0 && value.every(someText.fits),
});

const csvRule = group({
  path: required(someText),
  columns: group({ email: title, phone: title, country: title, idfa: title, gaid: title }),
  delimiter: textLike(/^[^"\r\n]$/, "one character"),
});

const rules = {
  audiences: required(withMethods("audiences of tiktokBusiness", "list", "get", "upload", "create", "update")),
  accountId: required(someText),
  audience: required(
    group({ name: textLike(/^(?=.*\S).{1,128}$/s, "a text of at most 128 characters"), id: someText }),
  ),
  people: {
    takes: "a list, anything that gives people one by one, or a function that gives one",
    fits: (value) =>
      typeof value === "function" ||
      (typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)),
  },
  csv: { ...csvRule, takes: "a path, or an object", fits: (value) => someText.fits(value) || csvRule.fits(value) },
  journal: withMethods("a journal", "members"),
  rule: { takes: "an object", fits: (value) => typeof value === "object" && value !== null },
  action: required(oneOf("append", "replace", "remove")),
  schema: oneOf(...Object.keys(audienceSchemas)),
  state: required(someText),
  emailForm: oneOf("lowerCase", "withoutDotsAndTags"),
  largestFile: numberFrom(smallestFile, largestUpload, "bytes from 100000 to 250000000"),
  subType: oneOf("NORMAL", "REACH_FREQUENCY"),
  retentionDays: numberFrom(1, 365, "days from 1 to 365"),
  patience: wholeFrom(0),
  waitUntilUsable: yesOrNo,
  onProgress: aFunction,
  now: aFunction,
  sleep: aFunction,
} satisfies Record<keyof SyncAudienceOptions, Rule>;

/** Throws `invalid_option`. */
export function readSyncOptions(owner: string, options: SyncAudienceOptions): SyncSettings {
  const { csv } = options;
  const { members: _, ...pathRule } = rules.csv;
  checkOptions(owner, options, typeof csv === "string" ? { ...rules, csv: pathRule } : rules);
  const { people, journal, rule, ...others } = options;
  const { name, id } = options.audience as { name?: string; id?: string };
  if ((name === undefined) === (id === undefined)) throw invalid(owner, "audience has to have one of name and id");
  const sources = [people !== undefined, csv !== undefined, journal !== undefined || rule !== undefined];
  if (sources.filter(Boolean).length !== 1) {
    throw invalid(owner, "one of people, csv, and journal with rule has to be there");
  }
  if ((journal === undefined) !== (rule === undefined)) throw invalid(owner, "journal and rule belong together");
  if (rule) checkAudienceRule(rule);
  const now = options.now ?? Date.now;
  return {
    ...others,
    schema: options.schema ?? "multiple",
    emailForm: options.emailForm ?? "lowerCase",
    largestFile: options.largestFile ?? 20_000_000,
    patience: options.patience ?? 3_600_000,
    now,
    sleep: options.sleep ?? sleepFor,
    async openPeople() {
      if (csv !== undefined) {
        const source = typeof csv === "string" ? { path: csv } : csv;
        const size = await stat(source.path).then(
          (stats) => stats.size,
          () => undefined,
        );
        return { steps: readCsv(source), ...(size !== undefined && { bytes: size }) };
      }
      if (journal && rule) return { steps: stepsOf(journal.members(rule, now())) };
      return { steps: stepsOf(typeof people === "function" ? people() : (people ?? [])) };
    },
  };
}

async function sleepFor(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
}

function invalid(owner: string, what: string): BeaconryError {
  return new BeaconryError("invalid_option", `${owner}: ${what}`);
}
