import type { Route } from "../../http-call.js";
import type { JsonObject } from "../../json.js";
import type { SandboxAccounts } from "../account-routes.js";
import { type BusinessRoute, forbidden, invalid, pageOf, type Refusal } from "../business-route.js";
import type { TikTokBusinessPath } from "../paths.js";
import {
  difference,
  FEWEST,
  type SandboxAudience,
  type SandboxAudienceChange,
  type StoredAudience,
  statusOf,
  toSandboxAudience,
  toWire,
  toWireHistory,
  union,
} from "./audience.js";
import type { AudienceFile } from "./audience-file.js";
import { readUpload } from "./read-upload.js";
import { readSegmentMapping, SEGMENT_NAME_LENGTH } from "./segment-mapping.js";

/** Audiences that an account may have. */
const MOST_AUDIENCES = 400;
/** Hashes kept of files and of audiences; of files the oldest expire, audiences that are larger are refused. */
const MOST_FILE_HASHES = 5_000_000;
const MOST_MEMBERS = 10_000_000;
const MOST_IDS = 100;
const FIRST_AUDIENCE = 7_300_000_000_000_000_001n;
const MOST_FILES = 500;
/** Changes kept of each audience. */
const MOST_CHANGES = 1_000;

type Outcome = Refusal | { readonly data: unknown };

/** The custom audiences of a sandbox, and the calls that make, change and read them. */
export class SandboxAudiences {
  readonly #accounts: SandboxAccounts;
  readonly #now: () => number;
  readonly #delay: number;
  readonly #onChange: () => void;
  #files = new Map<string, AudienceFile>();
  #audiences: StoredAudience[] = [];
  #nextAudience = FIRST_AUDIENCE;
  #nextFile = 1;

  /** @param delay how long an audience is processed after each change, ms */
  constructor(accounts: SandboxAccounts, now: () => number, delay: number, onChange: () => void) {
    this.#accounts = accounts;
    this.#now = now;
    this.#delay = delay;
    this.#onChange = onChange;
  }

  /** All of them, in the order in which they were made. */
  list(): readonly SandboxAudience[] {
    return this.#audiences.map((audience) => toSandboxAudience(audience, this.#now()));
  }

  clear(): void {
    this.#files = new Map();
    this.#audiences = [];
    this.#nextAudience = FIRST_AUDIENCE;
    this.#nextFile = 1;
  }

  routes(route: BusinessRoute): readonly Route[] {
    const get = (path: TikTokBusinessPath, handle: (query: JsonObject) => Outcome) =>
      route("GET", path, ({ query }) => this.#ofAccount(query) ?? handle(query));
    const post = (path: TikTokBusinessPath, handle: (body: JsonObject) => Outcome) =>
      route("POST", path, ({ body }) => this.#ofAccount(body) ?? handle(body));
    return [
      route("POST", "/dmp/custom_audience/file/upload/", ({ call }) => this.#upload(call), { takesStream: true }),
      post("/dmp/custom_audience/create/", (body) => this.#create(body)),
      post("/dmp/custom_audience/update/", (body) => this.#update(body)),
      post("/dmp/custom_audience/delete/", (body) => this.#delete(body)),
      post("/dmp/custom_audience/share/", (body) => this.#share(body)),
      post("/dmp/custom_audience/share/cancel/", (body) => this.#unshare(body)),
      get("/dmp/custom_audience/list/", (query) => this.#list(query)),
      get("/dmp/custom_audience/get/", (query) => this.#get(query)),
      post("/segment/audience/", (body) => this.#segment(body)),
      route("POST", "/segment/mapping/", ({ body }) => this.#map(body)),
    ];
  }

  #ofAccount({ advertiser_id }: JsonObject): Refusal | undefined {
    if (advertiser_id === undefined) return invalid("advertiser_id: required");
    return this.#accounts.find(advertiser_id) ? undefined : forbidden("No permission to operate advertiser");
  }

  async #upload({ stream, headers }: Parameters<typeof readUpload>[0]): Promise<Outcome> {
    const upload = await readUpload({ ...(stream && { stream }), headers });
    if ("code" in upload) return upload;
    const refusal = this.#ofAccount({ advertiser_id: upload.accountId });
    if (refusal) return refusal;
    const path = `sandbox/audience/${this.#nextFile++}`;
    this.#files.set(path, { ...upload, path });
    let hashes = [...this.#files.values()].reduce((sum, file) => sum + file.hashes.size, 0);
    for (const [old, file] of this.#files) {
      if (hashes <= MOST_FILE_HASHES || old === path) break;
      hashes -= file.hashes.size;
      this.#files.delete(old);
    }
    return { data: { file_path: path } };
  }

  #filesOf({ advertiser_id, file_paths }: JsonObject, calculateType: unknown): readonly AudienceFile[] | Refusal {
    if (!isList(file_paths, MOST_FILES)) return invalid(`file_paths: a list of 1 to ${MOST_FILES}`);
    const files: AudienceFile[] = [];
    for (const path of file_paths) {
      const file = this.#files.get(path);
      if (file?.accountId !== advertiser_id) return { code: 40905, message: "file_paths: there is no such file" };
      if (file?.calculateType !== calculateType) return invalid("calculate_type: not that of the files");
      files.push(file as AudienceFile);
    }
    return files;
  }

  #create(body: JsonObject): Outcome {
    const { advertiser_id, custom_audience_name: name, calculate_type, retention_in_days, audience_sub_type } = body;
    if (!isName(name)) return invalid("custom_audience_name: a text of 1 to 128 characters");
    const files = this.#filesOf(body, calculate_type);
    if ("code" in files) return files;
    if (!isDays(retention_in_days)) return invalid("retention_in_days: from 1 to 365");
    if (![undefined, "NORMAL", "REACH_FREQUENCY"].includes(audience_sub_type as string)) {
      return invalid("audience_sub_type: NORMAL or REACH_FREQUENCY");
    }
    const refusal = this.#refuseAnother(advertiser_id);
    if (refusal) return refusal;
    const members = union(files.map(({ hashes }) => hashes));
    if (this.#size() + members.size > MOST_MEMBERS) return invalid(`the sandbox keeps ${MOST_MEMBERS} hashes`);
    const audience = this.#add(String(advertiser_id), name, {
      calculateType: String(calculate_type),
      subType: String(audience_sub_type ?? "NORMAL"),
      members,
      ...(typeof retention_in_days === "number" && { retentionDays: retention_in_days }),
    });
    this.#note(audience, "CREATE", { files });
    return { data: { custom_audience_id: audience.id } };
  }

  #refuseAnother(accountId: unknown): Refusal | undefined {
    const own = this.#audiences.filter((audience) => audience.accountId === accountId);
    return own.length < MOST_AUDIENCES ? undefined : invalid(`an advertiser has at most ${MOST_AUDIENCES} audiences`);
  }

  #add(
    accountId: string,
    name: string,
    more: Pick<StoredAudience, "members" | "subType" | "calculateType" | "retentionDays">,
  ): StoredAudience {
    const now = this.#now();
    const audience: StoredAudience = {
      id: String(this.#nextAudience++),
      accountId,
      name,
      ...more,
      idTypes: new Set(),
      sizeBefore: 0,
      readyAt: now + this.#delay,
      createdAt: now,
      changedAt: now,
      sharedWith: new Set(),
      history: [],
    };
    this.#audiences.push(audience);
    return audience;
  }

  #update(body: JsonObject): Outcome {
    const { custom_audience_name: name, file_paths, action = "REPLACE", audience_sub_type } = body;
    const audience = this.#own(body.custom_audience_id, body.advertiser_id);
    if (!audience) return invalid("custom_audience_id: there is no such audience");
    if (audience_sub_type !== undefined) {
      if (audience_sub_type !== "REACH_FREQUENCY") return invalid("audience_sub_type: REACH_FREQUENCY");
      audience.subType = audience_sub_type;
      this.#onChange();
      return { data: {} };
    }
    if (file_paths === undefined) {
      if (!isName(name)) return invalid("custom_audience_name or file_paths: required");
      audience.name = name;
      this.#note(audience, "RENAME", { detail: name });
      return { data: {} };
    }
    const now = this.#now();
    if (audience.calculateType === undefined || statusOf(audience, now) !== "usable") {
      return invalid("Audience is not editable");
    }
    const files = this.#filesOf(body, audience.calculateType);
    if ("code" in files) return files;
    const sets = files.map(({ hashes }) => hashes);
    if (!isFileAction(action)) return invalid("action: APPEND, REMOVE or REPLACE");
    const changed = changeOf(action, audience, sets);
    if (changed.size < FEWEST) return invalid(`the audience size is less than ${FEWEST} after the operation`);
    if (this.#size() + changed.size - audience.members.size > MOST_MEMBERS) {
      return invalid(`the sandbox keeps ${MOST_MEMBERS} hashes`);
    }
    audience.sizeBefore = audience.members.size;
    audience.members = changed;
    audience.readyAt = now + this.#delay;
    audience.changedAt = now;
    this.#note(audience, action, { files });
    return { data: {} };
  }

  #delete({ advertiser_id, custom_audience_ids: ids }: JsonObject): Outcome {
    if (!isList(ids, MOST_IDS)) return invalid(`custom_audience_ids: a list of 1 to ${MOST_IDS}`);
    if (!ids.every((id) => this.#own(id, advertiser_id)))
      return invalid("custom_audience_ids: there is no such audience");
    this.#audiences = this.#audiences.filter(({ id }) => !ids.includes(id));
    this.#onChange();
    return { data: {} };
  }

  #share({ advertiser_id, custom_audience_ids: ids, shared_advertiser_ids: accounts }: JsonObject): Outcome {
    if (!isList(ids, 10)) return invalid("custom_audience_ids: a list of 1 to 10");
    if (!isList(accounts, 10)) return invalid("shared_advertiser_ids: a list of 1 to 10");
    const audiences = ids.map((id) => this.#own(id, advertiser_id));
    if (!audiences.every((audience) => audience !== undefined)) {
      return invalid("custom_audience_ids: there is no such audience");
    }
    if (!this.#areOfOneCenter([advertiser_id, ...accounts])) {
      return forbidden("shared_advertiser_ids: not of the same Business Center");
    }
    for (const audience of audiences) {
      for (const account of accounts) audience.sharedWith.add(account);
      this.#note(audience, "SHARE", { detail: accounts.join(",") });
    }
    return { data: {} };
  }

  #unshare({ advertiser_id, custom_audience_id, shared_advertiser_id }: JsonObject): Outcome {
    const audience = this.#own(custom_audience_id, advertiser_id);
    if (!audience?.sharedWith.delete(String(shared_advertiser_id))) {
      return invalid("custom_audience_id: it is not shared with this advertiser");
    }
    this.#note(audience, "UNSHARE", { detail: String(shared_advertiser_id) });
    return { data: {} };
  }

  #list(query: JsonObject): Outcome {
    const { advertiser_id, custom_audience_ids: ids } = query;
    if (ids !== undefined && !isList(ids, MOST_IDS)) return invalid(`custom_audience_ids: a list of 1 to ${MOST_IDS}`);
    const seen = this.#seenBy(advertiser_id).filter(({ id }) => ids === undefined || ids.includes(id));
    // The newest stands first.
    const page = pageOf(seen.toReversed(), query, 100);
    if ("code" in page) return page;
    const list = page.list.map((audience) => toWire(audience, String(advertiser_id), this.#now()));
    return { data: { ...page, list } };
  }

  #get({ advertiser_id, custom_audience_ids: ids, history_size }: JsonObject): Outcome {
    if (!isList(ids, MOST_IDS)) return invalid(`custom_audience_ids: a list of 1 to ${MOST_IDS}`);
    const list = this.#seenBy(advertiser_id)
      .filter(({ id }) => ids.includes(id))
      .map((audience) => ({
        audience_details: toWire(audience, String(advertiser_id), this.#now()),
        audience_history: toWireHistory(audience, Number(history_size ?? 10)),
      }));
    return { data: { list } };
  }

  #segment({ advertiser_id, action = "create", custom_audience_name: name, delete_audience_id }: JsonObject): Outcome {
    if (action === "delete") {
      const segment = this.#own(delete_audience_id, advertiser_id);
      if (!segment || segment.calculateType !== undefined)
        return invalid("delete_audience_id: there is no such segment");
      this.#audiences.splice(this.#audiences.indexOf(segment), 1);
      this.#onChange();
      return { data: { audience_id: segment.id } };
    }
    if (action !== "create") return invalid("action: create or delete");
    if (!isName(name)) return invalid("custom_audience_name: required");
    const refusal = this.#refuseAnother(advertiser_id);
    if (refusal) return refusal;
    // Longer names are cut.
    const short = name.length > SEGMENT_NAME_LENGTH ? `${name.slice(0, SEGMENT_NAME_LENGTH - 3)}...` : name;
    const segment = this.#add(String(advertiser_id), short, { subType: "NORMAL", members: union([]) });
    this.#note(segment, "CREATE");
    return { data: { audience_id: segment.id } };
  }

  #map(body: JsonObject): Outcome {
    const { advertiser_ids } = body;
    if (!isList(advertiser_ids, MOST_IDS)) return invalid("advertiser_ids: required, a list");
    if (!advertiser_ids.every((id) => this.#accounts.find(id))) return forbidden("No permission to operate advertiser");
    if (advertiser_ids.length > 1 && !this.#areOfOneCenter(advertiser_ids)) {
      return forbidden("advertiser_ids: not of the same Business Center");
    }
    const mapping = readSegmentMapping(body);
    if ("code" in mapping) return mapping;
    const segments = new Map(
      this.#audiences
        .filter(({ accountId, calculateType }) => calculateType === undefined && advertiser_ids.includes(accountId))
        .map((segment) => [segment.id, segment]),
    );
    for (const id of mapping.members.keys()) {
      if (!segments.has(id)) return invalid("audience_ids: there is no such segment");
    }
    for (const [id, members] of mapping.members) {
      const segment = segments.get(id) as StoredAudience;
      segment.members = mapping.isDelete
        ? difference(segment.members, [members])
        : addAll(segment.members, members.values());
      segment.changedAt = this.#now();
      for (const type of mapping.idTypes) segment.idTypes.add(type);
      this.#note(segment, mapping.isDelete ? "DELETE" : "ADD", { rows: members.size });
    }
    return { data: {} };
  }

  #seenBy(accountId: unknown): readonly StoredAudience[] {
    return this.#audiences.filter((one) => one.accountId === accountId || one.sharedWith.has(String(accountId)));
  }

  #own(id: unknown, accountId: unknown): StoredAudience | undefined {
    return this.#audiences.find((audience) => audience.id === id && audience.accountId === accountId);
  }

  #areOfOneCenter(accountIds: readonly unknown[]): boolean {
    const centers = accountIds.map((id) => this.#accounts.find(id)?.owner_bc_id);
    return centers[0] !== undefined && centers.every((center) => center === centers[0]);
  }

  #size(): number {
    return this.#audiences.reduce((sum, { members }) => sum + members.size, 0);
  }

  #note(
    { history, members, idTypes }: StoredAudience,
    action: SandboxAudienceChange["action"],
    more: Noted = {},
  ): void {
    const { files = [], rows = 0, detail } = more;
    const last = history.at(-1);
    const isMore = (action === "ADD" || action === "DELETE") && last?.action === action;
    const sum = (read: (file: AudienceFile) => number) => files.reduce((total, file) => total + read(file), 0);
    for (const type of files.flatMap((file) => file.idTypes)) idTypes.add(type);
    if (isMore) history.pop();
    history.push({
      action,
      at: this.#now(),
      files: files.length,
      bytes: sum((file) => file.bytes),
      rows: sum((file) => file.rows) + rows + (isMore ? last.rows : 0),
      badRows: sum((file) => file.badRows),
      size: members.size,
      ...(detail !== undefined && { detail }),
    });
    if (history.length > MOST_CHANGES) history.shift();
    this.#onChange();
  }
}

/** What a change was made of. */
interface Noted {
  readonly files?: readonly AudienceFile[];
  readonly rows?: number;
  readonly detail?: string;
}

type FileAction = "APPEND" | "REPLACE" | "REMOVE";

const isFileAction = (action: unknown): action is FileAction =>
  action === "APPEND" || action === "REPLACE" || action === "REMOVE";

function changeOf(action: FileAction, { members }: StoredAudience, sets: readonly StoredAudience["members"][]) {
  if (action === "REPLACE") return union(sets);
  return action === "APPEND" ? union([members, ...sets]) : difference(members, sets);
}

function addAll(set: StoredAudience["members"], hashes: Iterable<string>): StoredAudience["members"] {
  for (const hash of hashes) set.add(hash);
  return set;
}

function isList(value: unknown, most: number): value is string[] {
  const isTexts = Array.isArray(value) && value.every((member) => typeof member === "string");
  return isTexts && value.length >= 1 && value.length <= most;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= 128;
}

function isDays(value: unknown): boolean {
  return value === undefined || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 365);
}
