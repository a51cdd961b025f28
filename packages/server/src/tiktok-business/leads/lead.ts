import { utcTime } from "./utc-time.js";

/** Where leads come from. */
export const leadSources = ["INSTANT_FORM", "DIRECT_MESSAGE"] as const;

/** A form in the app, or a conversation with the account. */
export type LeadSource = (typeof leadSources)[number];

/** A part of a campaign, by TikTok's id and the name that it has there. */
export interface NamedId {
  readonly id: string;
  readonly name?: string;
}

/** A person's answers to a form, as TikTok gives them: personal data in the clear. */
export interface TikTokLead {
  /** TikTok's id of the lead: digits, as a text. Events of your CRM name it. */
  readonly id: string;
  readonly source: LeadSource;
  /** When it was handed in, Unix time in ms; absent where TikTok does not say. */
  readonly createdAt?: number;
  /** TikTok calls it a page. Direct messages have none. */
  readonly form?: NamedId;
  readonly account?: NamedId;
  /** The form library, for leads that were moved to a Business Center. */
  readonly libraryId?: string;
  readonly campaign?: NamedId;
  readonly adGroup?: NamedId;
  readonly ad?: NamedId;
  /** Question → answer. TikTok's own questions are `email`, `phone_number`, `name` …; yours have your words. */
  readonly answers: Readonly<Record<string, string>>;
}

/** A lead as TikTok writes it, or what somebody else wrote. */
export type WireLead = Readonly<Record<string, unknown>>;

/** Most answers of a lead; more is no form of TikTok's. Characters of a name and of an answer; the rest is cut off. */
const most = { answers: 200, name: 1_000, answer: 20_000 };

/**
 * A lead of a webhook's `entry`. `undefined` for what is none.
 * @param entry ids as texts or as numbers that are not rounded
 */
export function readEntry(entry: WireLead): TikTokLead | undefined {
  const { changes } = entry;
  if (!Array.isArray(changes)) return undefined;
  const answers = changes.map((change): readonly [unknown, unknown] => [change?.field, change?.value]);
  return readLead(entry.id, entry, answers);
}

/** A lead of the API: its answers and, apart from them, where it came from. `undefined` for what is none. */
export function readApiLead(data: unknown): TikTokLead | undefined {
  const { lead_data: answers, meta_data: meta } = (data ?? {}) as { lead_data?: unknown; meta_data?: unknown };
  if (!isObject(answers) || !isObject(meta)) return undefined;
  return readLead(meta.lead_id, meta, Object.entries(answers));
}

/** @param of where it came from, under TikTok's names */
export function readLead(
  id: unknown,
  of: WireLead,
  given: readonly (readonly [name: unknown, value: unknown])[],
): TikTokLead | undefined {
  const leadId = readId(id);
  if (leadId === undefined || given.length > most.answers) return undefined;
  const answers: [string, string][] = [];
  for (const [name, value] of given) {
    const answer = readAnswer(value);
    if (typeof name !== "string" || answer === undefined) return undefined;
    answers.push([name.slice(0, most.name), answer.slice(0, most.answer)]);
  }
  const named = (key: string) => readNamed(of[`${key}_id`], of[`${key}_name`]);
  const libraryId = readId(of.library_id);
  const parts = {
    createdAt: readTime(of.create_time),
    form: named("page"),
    account: named("advertiser"),
    libraryId,
    campaign: named("campaign"),
    adGroup: named("adgroup"),
    ad: named("ad"),
  };
  return {
    id: leadId,
    source: of.lead_source === "DIRECT_MESSAGE" ? "DIRECT_MESSAGE" : "INSTANT_FORM",
    ...(Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as typeof parts),
    answers: Object.fromEntries(answers),
  };
}

function readNamed(id: unknown, name: unknown): NamedId | undefined {
  const read = readId(id);
  if (read === undefined) return undefined;
  const isName = typeof name === "string" && name !== "";
  return { id: read, ...(isName && { name: name.slice(0, most.name) }) };
}

/** TikTok writes 0 where there is none. */
function readId(value: unknown): string | undefined {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === "string" && /^[1-9]\d{0,39}$/.test(text.trim()) ? text.trim() : undefined;
}

/** Anything but a text comes as its JSON. */
function readAnswer(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return value == null ? "" : toJson(value);
}

/** `undefined` for what lies too deep in itself to be written. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** Unix seconds in webhooks; UTC as `2025-05-16 08:00:00` elsewhere. */
function readTime(value: unknown): number | undefined {
  if (typeof value === "string" && !/^\d+$/.test(value)) return utcTime(value);
  const seconds = Number(value);
  return Number.isSafeInteger(seconds) && seconds > 0 && seconds < 1e11 ? seconds * 1_000 : undefined;
}

function isObject(value: unknown): value is WireLead {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
