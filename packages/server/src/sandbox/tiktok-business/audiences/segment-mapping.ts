import { HashSet } from "../../../hash-set.js";
import { isObject, type JsonObject } from "../../json.js";
import { invalid, type Refusal } from "../business-route.js";
import { toMember } from "./audience-file.js";
import { fits } from "./calculate-types.js";

/** Longer names of segments are cut. */
export const SEGMENT_NAME_LENGTH = 70;

const idTypes: readonly string[] = [
  ...["EMAIL_SHA256", "PHONE_SHA256", "IDFA_SHA256", "AAID_SHA256", "IDFA_MD5", "AAID_MD5"],
];
const MOST_ROWS = 10_000;

/** Who is to come to which segments, or to leave them. */
export interface SegmentMapping {
  readonly isDelete: boolean;
  /** Kinds of ids, of TikTok's words. */
  readonly idTypes: readonly string[];
  /** By the segment's id. */
  readonly members: ReadonlyMap<string, HashSet>;
}

/** Reads `/segment/mapping/`: rows of one object for each kind of id, in the order of `id_schema`. */
export function readSegmentMapping({ action = "add", id_schema, batch_data }: JsonObject): SegmentMapping | Refusal {
  if (action !== "add" && action !== "delete") return invalid("action: add or delete");
  if (!Array.isArray(id_schema) || id_schema.length === 0) return invalid("id_schema: required, a list");
  const types = id_schema.map((type) => String(type).toUpperCase());
  if (!types.every((type) => idTypes.includes(type))) return invalid(`id_schema: of ${idTypes.join(", ")}`);
  if (new Set(types).size < types.length) return invalid("id_schema: each once");
  if (!Array.isArray(batch_data) || batch_data.length === 0) return invalid("batch_data: required, a list of lists");
  if (batch_data.length > MOST_ROWS) return invalid(`batch_data: at most ${MOST_ROWS}`);
  const members = new Map<string, HashSet>();
  for (const [row, cells] of batch_data.entries()) {
    if (!Array.isArray(cells) || cells.length !== types.length) {
      return invalid(`batch_data[${row}]: as many members as id_schema`);
    }
    for (const [at, cell] of cells.entries()) {
      if (!isObject(cell)) return invalid(`batch_data[${row}][${at}]: an object`);
      if (Object.keys(cell).length === 0) continue;
      const { id, audience_ids } = cell;
      if (typeof id !== "string" || !fits(types[at] ?? "", id))
        return invalid(`batch_data[${row}][${at}].id: ${types[at]}`);
      if (!Array.isArray(audience_ids) || audience_ids.length === 0) {
        return invalid(`batch_data[${row}][${at}].audience_ids: required, a list`);
      }
      for (const audience of audience_ids) {
        const segment = members.get(String(audience)) ?? new HashSet(32);
        members.set(String(audience), segment);
        segment.add(toMember(id));
      }
    }
  }
  return { isDelete: action === "delete", idTypes: types, members };
}
