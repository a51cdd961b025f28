import { toSnakeCase } from "../wire.js";
import type { Content } from "./content.js";
import { multiWordNames } from "./multi-word-names.js";
import { words } from "./word-list.js";

const inSnakeCase: ReadonlySet<string> = /* @__PURE__ */ new Set(/* @__PURE__ */ words(multiWordNames));

/** What a vendor's tag calls the members of an item. */
export type ItemNames = Partial<Record<keyof Content, string>>;

/**
 * An event's properties under the names that a vendor's tag takes, with `content_ids` and `num_items` filled in from
 * the contents. Small enough for a page: it renames and checks nothing, `readProperties` checks the server's copy.
 */
export function toTagProperties(properties: object, itemNames: ItemNames): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties)) {
    if (isGiven(value)) data[inSnakeCase.has(name) ? toSnakeCase(name) : name] = value;
  }
  const { contents } = data;
  if (Array.isArray(contents)) {
    const items: Content[] = contents.filter((item) => isGiven(item?.id));
    const total = items.reduce((sum, { quantity }) => sum + (quantity ?? Number.NaN), 0);
    data.content_ids ??= [...new Set(items.map(({ id }) => String(id)))];
    if (Number.isInteger(total)) data.num_items ??= total;
    data.contents = items.map((item) => renamed(item, itemNames));
  }
  return data;
}

function renamed(item: Content, names: ItemNames): Record<string, unknown> {
  const entries = Object.entries(names).map(([name, wire]) => {
    const value = item[name as keyof Content];
    return [wire, name === "id" ? String(value) : value];
  });
  return Object.fromEntries(entries.filter(([, value]) => isGiven(value)));
}

/** What comes from a database has `null` for what is not known. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
