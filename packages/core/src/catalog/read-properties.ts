import type { TrackedEvent } from "../event.js";
import { type Issue, type IssueCode, warningIssue } from "../issue.js";
import { toSnakeCase } from "../wire.js";
import type { Content } from "./content.js";
import type { StandardProperties } from "./properties.js";
import { type PropertyKind, propertyKinds } from "./property-kinds.js";
import { isStandardEvent } from "./standard-events.js";
import type { Mileage } from "./vehicles.js";

/** One product as the vendors take it: the id a string, numbers finite. */
export interface WireContent extends Content {
  id: string;
}

/** Standard properties ready for the wire: right types, ids as strings, currency in upper case. */
export interface WireProperties extends Omit<StandardProperties, "contents" | "contentIds"> {
  contents?: readonly WireContent[];
  contentIds?: readonly string[];
}

/** What {@link readProperties} gives. */
export interface ReadProperties {
  readonly standard: WireProperties;
  /** Properties of names that no vendor knows, as they came. */
  readonly custom: Readonly<Record<string, unknown>>;
  readonly issues: readonly Issue[];
}

type Name = string | number;

/** What a value is a member of. The path is spelled out only for an issue, which most values never have. */
interface Place {
  readonly parent?: Place;
  readonly name: Name;
  readonly issues: Issue[];
}

function pathOf({ parent, name }: Place): string {
  return parent ? `${pathOf(parent)}.${name}` : String(name);
}

/**
 * Brings an event's properties into the form that both vendors share. A value that can not be used is left out and
 * reported; the rest is kept. Names in the vendors' spelling are read as ours, and reported. `contentIds` and `numItems`
 * are filled in from `contents`; where they are given, they are kept, and `checkContents` says how they differ.
 */
export function readProperties({ name: event, properties }: Pick<TrackedEvent, "name" | "properties">): ReadProperties {
  const issues: Issue[] = [];
  const place = { name: "properties", issues };
  const standard: Record<string, unknown> = {};
  const custom: [string, unknown][] = [];
  const given = (properties ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    const ours = vendorSpellings.get(name) ?? name;
    const reader = propertyReaders.get(ours);
    if (reader) {
      if (ours !== name) {
        const isThere = given[ours] !== undefined && given[ours] !== null;
        report("unknown_property", place, name, `is ${ours} here; ${isThere ? "left out beside it" : "read as that"}`);
        if (isThere) continue;
      }
      const read = readAs(reader, value, place, name);
      if (read !== undefined) standard[ours] = read;
    } else if (!hasJson(value)) {
      report("wrong_type", place, name, `is ${describe(value)} that JSON has no form for; left out`);
    } else {
      custom.push([name, value]);
      // An event of your own has properties of your own; on a standard one it may be a misspelling.
      if (isStandardEvent(event)) {
        report("unknown_property", place, name, "is no standard property; sent as a custom one");
      }
    }
  }
  fillIn(standard);
  return { standard, custom: custom.length > 0 ? Object.fromEntries(custom) : {}, issues };
}

/** Whether JSON can say the value. It can not say a number that is none, nor an object with a bigint or itself in it. */
function hasJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value === "string" || typeof value === "boolean") return true;
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

/** The kinds of properties, and of the members of their lists. */
type Kind = PropertyKind | "id" | "content" | "MI KM";

type Reader = readonly [takes: string, fit: (value: unknown, place: Place, name: Name) => unknown];

/** A year, a month and a day that can be, all with hyphens or all without, and perhaps a time of day. */
const date = /^\d{4}(-?)(0[1-9]|1[0-2])\1(0[1-9]|[12]\d|3[01])(T\d\d:\d\d[\d:.Z+-]*)?$/;

/** What each kind takes, in words, and the value as that kind; `undefined` for one that can not be used. */
const readers: Readonly<Record<Exclude<Kind, `${string} ${string}`>, Reader>> = {
  number: ["a number", (value, place, name) => toNumber(value, place, name, true)],
  whole: ["a whole number", (value, place, name) => (isWhole(value) ? toNumber(value, place, name, true) : undefined)],
  signed: ["a number", toNumber],
  // As it came: what a person typed into a search keeps its blanks.
  text: ["a text", (value) => (toText(value) ? String(value) : undefined)],
  id: ["an id", (value) => toText(value) || undefined],
  date: ["an ISO 8601 date", (value) => date.exec(toText(value))?.[0]],
  currency: ["an ISO 4217 code, such as EUR", (value) => toCurrency(value)],
  boolean: ["true or false", (value) => (typeof value === "boolean" ? value : undefined)],
  scalar: [
    "a text, a number, true or false",
    (value) => (typeof value === "boolean" || toText(value) ? value : undefined),
  ],
  ids: ["a list of ids", (value, place, name) => toList(value, readers.id, place, name)],
  range: [
    "a list of two numbers",
    (value, place, name) => {
      const list = toList(value, readers.number, place, name);
      return list?.length === 2 ? list : undefined;
    },
  ],
  mileage: ["{ value, unit }", (value, place, name) => toMembers(value, mileageReaders, place, name)],
  content: [
    "{ id, quantity, price }",
    (value, place, name) => {
      const content = toMembers(value, contentReaders, place, name);
      return content?.id === undefined ? undefined : content;
    },
  ],
  contents: ["a list of { id, quantity, price }", (value, place, name) => toList(value, readers.content, place, name)],
};

type Members = Readonly<Record<string, unknown>>;

/** Looked up once for each name, and not for each event. */
type Readers = ReadonlyMap<string, Reader>;

const propertyReaders = /* @__PURE__ */ readersOf(propertyKinds);
/**
 * Our names by the vendors': `content_ids` is `contentIds`. Sent on as they came, such properties would stand unchecked where
 * the vendor looks, and one of a wrong type, such as an id that is a number, has TikTok refuse the event.
 */
const vendorSpellings: ReadonlyMap<string, string> = /* @__PURE__ */ spellings();
const mileageReaders = /* @__PURE__ */ readersOf<keyof Mileage>({ value: "number", unit: "MI KM" });
const contentReaders = /* @__PURE__ */ readersOf<keyof Content>({
  id: "id",
  quantity: "number",
  price: "number",
  name: "text",
  category: "text",
  brand: "text",
  description: "text",
  deliveryCategory: "in_store curbside home_delivery",
});

function spellings(): ReadonlyMap<string, string> {
  const names = Object.keys(propertyKinds).map((name) => [toSnakeCase(name), name] as const);
  return new Map(names.filter(([wire, name]) => wire !== name));
}

function readersOf<Name extends string>(kinds: Readonly<Record<Name, Kind>>): Readers {
  return new Map(Object.entries<Kind>(kinds).map(([name, kind]) => [name, readerOf(kind)]));
}

function readerOf(kind: Kind): Reader {
  const reader = (readers as Readonly<Record<string, Reader>>)[kind];
  if (reader) return reader;
  const words = kind.split(" ");
  return [`one of ${words.join(", ")}`, (value) => (words.includes(value as string) ? value : undefined)];
}

/** The value as that kind; otherwise `undefined`, and an issue. An empty list is nothing, and no issue. */
function readAs([takes, fit]: Reader, value: unknown, place: Place, name: Name): unknown {
  if (Array.isArray(value) && !value.length) return undefined;
  const before = place.issues.length;
  const read = fit(value, place, name);
  // Where a member of it has been reported, it is as well.
  if (read === undefined && place.issues.length === before) {
    report("wrong_type", place, name, `is ${describe(value)}, accepted is ${takes}; left out`);
  }
  return read;
}

/** Trimmed; empty for what is neither a text nor a number. */
function toText(value: unknown): string {
  return typeof value === "string" || Number.isFinite(value) ? String(value).trim() : "";
}

function toCurrency(value: unknown): string | undefined {
  const code = toText(value).toUpperCase();
  return /^[A-Z]{3}$/.test(code) ? code : undefined;
}

function toNumber(value: unknown, place: Place, name: Name, warnNegative = false): number | undefined {
  const isText = typeof value === "string" && /^\s*-?\d{1,15}(\.\d{1,15})?\s*$/.test(value);
  const number = isText ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  if (isText) report("wrong_type", place, name, "is a text; sent as the number it spells");
  if (warnNegative && number < 0) {
    report("wrong_value", place, name, "is negative, accepted is 0 or more; sent as it is");
  }
  return number;
}

function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(typeof value === "string" ? Number(value) : value);
}

function toList(whole: unknown, reader: Reader, parent: Place, name: Name): unknown[] | undefined {
  if (!Array.isArray(whole)) return undefined;
  const place = { parent, name, issues: parent.issues };
  // Not `map`, which leaves out what was never set: such a member is reported too.
  const list: unknown[] = [];
  for (let index = 0; index < whole.length; index++) {
    const member = readAs(reader, whole[index], place, index);
    if (member !== undefined) list.push(member);
  }
  return list.length ? list : undefined;
}

/** The members that can be used; `undefined` where there are none. */
function toMembers(whole: unknown, members: Readers, parent: Place, name: Name): Members | undefined {
  if (typeof whole !== "object" || !whole) return undefined;
  const place = { parent, name, issues: parent.issues };
  const given = whole as Readonly<Record<string, unknown>>;
  const read: Record<string, unknown> = {};
  let found: unknown;
  for (const key of Object.keys(given)) {
    const value = given[key];
    const reader = members.get(key);
    if (!reader || value === undefined || value === null) continue;
    const member = readAs(reader, value, place, key);
    if (member !== undefined) found = read[key] = member;
  }
  return found === undefined ? undefined : read;
}

/** Fills `contentIds` and `numItems` in from `contents`. */
function fillIn(properties: WireProperties): void {
  const { contents } = properties;
  if (!contents) return;
  properties.contentIds ??= distinct(contents.map(({ id }) => id));
  const total = totalQuantity(contents);
  if (total !== undefined) properties.numItems ??= total;
}

function distinct(ids: readonly string[]): readonly string[] {
  if (ids.length < 2) return ids;
  const all = new Set(ids);
  return all.size === ids.length ? ids : [...all];
}

/** All quantities added up; `undefined` where one is not known, or the sum is no whole number. */
export function totalQuantity(contents: readonly WireContent[]): number | undefined {
  const total = contents.reduce((sum, { quantity = Number.NaN }) => sum + quantity, 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

function report(code: IssueCode, place: Place, name: Name, what: string): void {
  const path = `${pathOf(place)}.${name}`;
  place.issues.push(warningIssue(code, path, `${path} ${what}`));
}

/** The kind of a value, never the value: it may be a person's. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return value.trim() ? "a text that does not fit" : "an empty text";
  return value === null ? "null" : `of type ${typeof value}`;
}
