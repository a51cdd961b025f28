import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import type { BusinessApi } from "../api.js";
import type { AudienceSchema } from "./schema.js";
import { audienceSchemas, schemaOf } from "./schema.js";
import { createSegments, type Segments } from "./segments.js";

/** An audience. Members that TikTok did not give are absent. */
export interface Audience {
  readonly id: string;
  readonly name: string;
  /** TikTok's word, such as `Customer File Audience`. */
  readonly type: string;
  /** Absent for audiences that are not made from files, or from other identifiers. */
  readonly schema?: AudienceSchema;
  /** TikTok's word for what its files hold. */
  readonly calculateType?: string;
  /** How many people of it TikTok knows. */
  readonly size: number;
  /** Whether ads can use it: not while TikTok processes it, and not once it has expired. */
  readonly usable: boolean;
  /** It expires within 60 days. */
  readonly expiring: boolean;
  readonly shared: boolean;
  /** Whether the account made it. */
  readonly own: boolean;
  readonly ownerId?: string;
  /** TikTok's words on its state, and on what failed. */
  readonly message?: string;
  readonly error?: string;
  /** As TikTok gives them, GMT: `2026-01-31 12:00:00`. */
  readonly createdAt?: string;
  readonly expiresAt?: string;
}

/** A change of an audience. */
export interface AudienceChange {
  /** TikTok's word. */
  readonly action: string;
  readonly detail?: string;
  /** `open_api` for changes by API. */
  readonly editor?: string;
  /** What failed, where a part of it did. */
  readonly message?: string;
  /** GMT: `2026-01-31 12:00:00`. */
  readonly at?: string;
}

/** A new audience. TikTok Business API, `/dmp/custom_audience/create/`. */
export interface NewAudience {
  /** At most 128 characters. */
  readonly name: string;
  readonly schema: AudienceSchema;
  /** What {@link Audiences.upload} gave, of the same account and schema: 1 to 500; up to 50 are advised. */
  readonly files: readonly string[];
  /** `REACH_FREQUENCY` is for ads of that kind only. Default `NORMAL`. */
  readonly subType?: "NORMAL" | "REACH_FREQUENCY";
  /**
   * Days after which it expires, 1 to 365, whatever becomes of it. Default: 365 days after its last use or change.
   */
  readonly retentionDays?: number;
}

/** What is done with the people in the files: they come to it, become all of it, or leave it. */
export type AudienceAction = "append" | "replace" | "remove";

/** Audiences of an ad account at TikTok. Ids are texts. */
export interface Audiences {
  list(accountId: string): AsyncIterable<Audience>;
  /** These audiences with their last changes, `history` of each, default 10. */
  get(
    accountId: string,
    ids: readonly string[],
    options?: { history?: number },
  ): Promise<readonly (Audience & { readonly history: readonly AudienceChange[] })[]>;
  /** Uploads a file of hashes, at most 250 MB; gives TikTok's path of it, of use to the same account only. */
  upload(
    accountId: string,
    file: { readonly path: string; readonly md5: string; readonly schema: AudienceSchema },
  ): Promise<string>;
  /** Makes an audience; gives its id. A second call makes a second one: after an error that `mayBeDone`, look for it. */
  create(accountId: string, audience: NewAudience): Promise<string>;
  /**
   * Changes an audience by files that were uploaded. TikTok refuses what leaves fewer than 1,000 people. After an error that
   * `mayBeDone` the same call can be made again once the audience is usable: a second time it changes nothing more.
   */
  update(accountId: string, id: string, action: AudienceAction, files: readonly string[]): Promise<void>;
  append(accountId: string, id: string, files: readonly string[]): Promise<void>;
  replace(accountId: string, id: string, files: readonly string[]): Promise<void>;
  remove(accountId: string, id: string, files: readonly string[]): Promise<void>;
  rename(accountId: string, id: string, name: string): Promise<void>;
  /** Deletes 1 to 100 audiences. */
  delete(accountId: string, ids: readonly string[]): Promise<void>;
  /** Shares 1 to 10 audiences with 1 to 10 accounts of the same Business Center. */
  share(accountId: string, ids: readonly string[], withAccounts: readonly string[]): Promise<void>;
  /** Ends the sharing of an audience with an account. */
  unshare(accountId: string, id: string, withAccount: string): Promise<void>;
  /** Audiences to which people are added one by one, without files. */
  readonly segments: Segments;
}

type Wire = Readonly<Record<string, unknown>>;

const path = (name: string) => `/dmp/custom_audience/${name}/`;

/** Most ids of one call: they stand in its address. */
const mostIds = 100;

/** @param api with a token whose scopes have audiences */
export function createAudiences(api: BusinessApi): Audiences {
  const update: Audiences["update"] = async (accountId, id, action, files) => {
    const body = {
      advertiser_id: accountId,
      custom_audience_id: id,
      action: action.toUpperCase(),
      file_paths: files,
    };
    // Not again by itself: once it is carried out, TikTok takes no change for a while, and would refuse the second.
    await api.post(path("update"), body);
  };
  const post = async (name: string, accountId: string, body: object) => {
    await api.post(path(name), { advertiser_id: accountId, ...body }, { repeatable: true });
  };

  return {
    async *list(accountId) {
      for await (const wire of api.list<Wire>(path("list"), { advertiser_id: accountId }, 100)) yield toAudience(wire);
    },
    async get(accountId, ids, { history = 10 } = {}) {
      const audiences: (Audience & { history: readonly AudienceChange[] })[] = [];
      for (let start = 0; start < ids.length; start += mostIds) {
        const query = {
          advertiser_id: accountId,
          custom_audience_ids: ids.slice(start, start + mostIds),
          history_size: history,
        };
        const { list = [] } = await api.get<{ list?: readonly Wire[] }>(path("get"), query);
        for (const { audience_details, audience_history } of list) {
          const changes = Array.isArray(audience_history) ? (audience_history as Wire[]).map(toChange) : [];
          audiences.push({ ...toAudience((audience_details ?? {}) as Wire), history: changes });
        }
      }
      return audiences;
    },
    async upload(accountId, { path: file, md5, schema }) {
      const { file_path } = await api.upload<{ file_path?: string }>(path("file/upload"), async () => {
        const form = new FormData();
        form.set("advertiser_id", accountId);
        form.set("file_signature", md5);
        form.set("calculate_type", audienceSchemas[schema].calculateType);
        // Read from the disk while it is sent.
        form.set("file", await openAsBlob(file, { type: "text/csv" }), basename(file));
        return form;
      });
      return text(file_path);
    },
    async create(accountId, { name, schema, files, subType, retentionDays }) {
      const { custom_audience_id } = await api.post<{ custom_audience_id?: unknown }>(path("create"), {
        advertiser_id: accountId,
        custom_audience_name: name,
        calculate_type: audienceSchemas[schema].calculateType,
        file_paths: files,
        audience_sub_type: subType,
        retention_in_days: retentionDays,
      });
      return text(custom_audience_id);
    },
    update,
    append: (accountId, id, files) => update(accountId, id, "append", files),
    replace: (accountId, id, files) => update(accountId, id, "replace", files),
    remove: (accountId, id, files) => update(accountId, id, "remove", files),
    rename: (accountId, id, name) => post("update", accountId, { custom_audience_id: id, custom_audience_name: name }),
    delete: (accountId, ids) => post("delete", accountId, { custom_audience_ids: ids }),
    share: (accountId, ids, withAccounts) =>
      post("share", accountId, { custom_audience_ids: ids, shared_advertiser_ids: withAccounts }),
    unshare: (accountId, id, withAccount) =>
      post("share/cancel", accountId, { custom_audience_id: id, shared_advertiser_id: withAccount }),
    segments: createSegments(api),
  };
}

function toAudience(wire: Wire): Audience {
  const calculateType = text(wire.calculate_type);
  const known = {
    schema: schemaOf(calculateType),
    calculateType,
    ownerId: text(wire.owner_id),
    message: text(wire.msg),
    error: text(wire.error_msg),
    createdAt: text(wire.create_time),
    expiresAt: text(wire.expired_time),
  };
  return {
    id: text(wire.audience_id),
    name: text(wire.name),
    type: text(wire.audience_type),
    size: typeof wire.cover_num === "number" ? wire.cover_num : 0,
    usable: wire.is_valid === true,
    expiring: wire.is_expiring === true,
    shared: wire.shared === true,
    own: wire.is_creator === true,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value)),
  };
}

function toChange(wire: Wire): AudienceChange {
  const known = {
    detail: text(wire.action_detail),
    editor: text(wire.editor),
    message: text(wire.msg),
    at: text(wire.opt_time),
  };
  return { action: text(wire.action), ...Object.fromEntries(Object.entries(known).filter(([, value]) => value)) };
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
