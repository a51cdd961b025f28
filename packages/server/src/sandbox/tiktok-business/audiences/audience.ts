import { HashSet } from "../../../hash-set.js";

/** An audience of the sandbox. */
export interface StoredAudience {
  readonly id: string;
  readonly accountId: string;
  name: string;
  /** Absent for streaming segments. */
  readonly calculateType?: string;
  subType: string;
  /** Kinds of ids that came. */
  readonly idTypes: Set<string>;
  members: HashSet;
  /** How many it had before the change that is being processed. */
  sizeBefore: number;
  /** When it is processed: Unix time, ms. */
  readyAt: number;
  readonly createdAt: number;
  changedAt: number;
  readonly retentionDays?: number;
  readonly sharedWith: Set<string>;
  /** Oldest first. */
  readonly history: SandboxAudienceChange[];
}

/** What a sandbox's audience went through. */
export interface SandboxAudienceChange {
  /** Of segments also `ADD` and `DELETE`: people who came and left, as one change for as long as no other comes between. */
  readonly action: "CREATE" | "APPEND" | "REPLACE" | "REMOVE" | "RENAME" | "SHARE" | "UNSHARE" | "ADD" | "DELETE";
  /** When it was asked for: Unix time, ms. */
  readonly at: number;
  /** Files that it was made of, and how many bytes they have. */
  readonly files: number;
  readonly bytes: number;
  /** Rows of the files; of segments the ids in all calls. */
  readonly rows: number;
  /** Rows of them with a value that does not fit its column, or with none. */
  readonly badRows: number;
  /** Hashes in it afterwards. */
  readonly size: number;
  /** The new name; the accounts that it was shared with. */
  readonly detail?: string;
}

/** An audience of a sandbox, for tests. */
export interface SandboxAudience {
  readonly id: string;
  /** The ad account that made it. */
  readonly accountId: string;
  readonly name: string;
  readonly kind: "file" | "segment";
  /** TikTok's word for what its files hold; absent for segments. */
  readonly calculateType?: string;
  /** The kinds of ids that came, in upper case: `EMAIL_SHA256`; of `MULTIPLE_TYPES` those of its columns. */
  readonly idTypes: readonly string[];
  /** `tooSmall`: fewer than 1,000 members, so that no ad can use it and no change is taken. */
  readonly status: "processing" | "usable" | "tooSmall" | "expired";
  /** Until when its last change is processed, and when it expires: Unix time, ms. */
  readonly readyAt: number;
  readonly expiresAt: number;
  /** Hashes in it: a person who is known by several counts several times. */
  readonly size: number;
  /** Whether this SHA-256, 64 hex digits, is in it. */
  has(hash: string): boolean;
  /** All hashes, in no order; those that are no SHA-256 are hashed once more. */
  members(): Iterable<string>;
  /** Accounts that it is shared with. */
  readonly sharedWith: readonly string[];
  /** What was done to it, oldest first; the last 1,000. */
  readonly history: readonly SandboxAudienceChange[];
}

/** Fewer are of no use. */
export const FEWEST = 1_000;
const day = 86_400_000;
/** Before it expires it is told. */
const notice = 60 * day;

export function statusOf(audience: StoredAudience, now: number): SandboxAudience["status"] {
  if (now >= expiryOf(audience)) return "expired";
  if (now < audience.readyAt) return "processing";
  return audience.members.size < FEWEST ? "tooSmall" : "usable";
}

function expiryOf({ retentionDays, createdAt, changedAt }: StoredAudience): number {
  return retentionDays === undefined ? changedAt + 365 * day : createdAt + retentionDays * day;
}

export function toSandboxAudience(audience: StoredAudience, now: number): SandboxAudience {
  const { id, accountId, name, calculateType, idTypes, members, sharedWith, history } = audience;
  return {
    id,
    accountId,
    name,
    kind: calculateType === undefined ? "segment" : "file",
    ...(calculateType !== undefined && { calculateType }),
    idTypes: [...idTypes],
    status: statusOf(audience, now),
    readyAt: audience.readyAt,
    expiresAt: expiryOf(audience),
    size: members.size,
    has: (hash) => members.has(hash),
    members: () => members.values(),
    sharedWith: [...sharedWith],
    history: [...history],
  };
}

/** As TikTok's lists have it. @param accountId who asks */
export function toWire(audience: StoredAudience, accountId: string, now: number): object {
  const { id, name, calculateType, subType, members, sizeBefore, sharedWith, createdAt } = audience;
  const status = statusOf(audience, now);
  return {
    audience_id: id,
    name,
    audience_type: calculateType === undefined ? "Partner" : "Customer File Audience",
    audience_sub_type: subType,
    calculate_type: calculateType,
    cover_num: status === "processing" ? sizeBefore : members.size,
    shared: sharedWith.size > 0,
    is_creator: audience.accountId === accountId,
    is_valid: status === "usable",
    is_expiring: status !== "expired" && expiryOf(audience) - now < notice,
    owner_id: audience.accountId,
    ...(status === "tooSmall" && { error_msg: `fewer than ${FEWEST} people` }),
    create_time: timeText(createdAt),
    expired_time: timeText(expiryOf(audience)),
  };
}

/** TikTok's own history knows files and settings, not who streams through a segment. */
export function toWireHistory({ history }: StoredAudience, size: number): readonly object[] {
  return history
    .filter(({ action }) => action !== "ADD" && action !== "DELETE")
    .slice(-size)
    .map(({ action, at, files, badRows, detail }) => ({
      action,
      action_detail: files > 0 ? `${files} files` : (detail ?? ""),
      editor: "open_api",
      ...(badRows > 0 && { msg: `${badRows} rows could not be read` }),
      opt_time: timeText(at),
    }))
    .reverse();
}

/** GMT, as TikTok writes it. */
function timeText(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}

export function union(sets: readonly HashSet[]): HashSet {
  const all = new HashSet(32);
  for (const set of sets) for (const hash of set.values()) all.add(hash);
  return all;
}

export function difference(from: HashSet, sets: readonly HashSet[]): HashSet {
  const left = new HashSet(32);
  for (const hash of from.values()) if (!sets.some((set) => set.has(hash))) left.add(hash);
  return left;
}
