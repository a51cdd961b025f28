import type { TrackedEvent } from "../event.js";
import { type Issue, type IssueCode, warningIssue } from "../issue.js";
import type { Content } from "./content.js";
import type { StandardProperties } from "./properties.js";
import { type PropertyKind, propertyKinds } from "./property-kinds.js";
import { isStandardEvent } from "./standard-names.js";
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

/** Where a value is. The path is spelled out only for an issue, which most values never have. */
interface Place {
  readonly parent?: Place;
  readonly name: string | number;
  readonly issues: Issue[];
}

function pathOf({ parent, name }: Place): string {
  return `${parent ? pathOf(parent) : "properties"}.${name}`;
}

/**
 * Brings an event's properties into the form that both vendors share. A value that can not be used is left out and
 * reported; the rest is kept. `contentIds` and `numItems` are filled in from `contents`; where they are given, they are
 * kept, and `checkContents` says how they differ.
 */
export function readProperties({ name: event, properties }: Pick<TrackedEvent, "name" | "properties">): ReadProperties {
  const issues: Issue[] = [];
  const standard: Record<string, unknown> = {};
  const custom: [string, unknown][] = [];
  const given = (properties ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    if (Object.hasOwn(propertyKinds, name)) {
      const read = readKind(value, propertyKinds[name as keyof StandardProperties], { name, issues });
      if (read !== undefined) standard[name] = read;
    } else if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      report("wrong_type", { name, issues }, `is ${describe(value)}; left out`);
    } else {
      custom.push([name, value]);
      // An event of your own has properties of your own; on a standard one it may be a misspelling.
      if (isStandardEvent(event)) {
        report("unknown_property", { name, issues }, "is no standard property; sent as a custom one");
      }
    }
  }
  fillIn(standard);
  return { standard, custom: custom.length > 0 ? Object.fromEntries(custom) : {}, issues };
}

/** The kinds of properties, and of the members of their lists. */
type Kind = PropertyKind | "id" | "content" | "MI KM";

type Reader = readonly [takes: string, fit: (value: unknown, place: Place) => unknown];

/** A year, a month and a day that can be, all with hyphens or all without, and perhaps a time of day. */
const date = /^\d{4}(-?)(0[1-9]|1[0-2])\1(0[1-9]|[12]\d|3[01])(T\d\d:\d\d[\d:.Z+-]*)?$/;

/** What each kind takes, in words, and the value as that kind; `undefined` for one that can not be used. */
const readers: Readonly<Record<Exclude<Kind, `${string} ${string}`>, Reader>> = {
  number: ["a number", (value, place) => toNumber(value, place, true)],
  signed: ["a number", toNumber],
  // As it came: what a person typed into a search keeps its blanks.
  text: ["a text", (value) => (toText(value) ? String(value) : undefined)],
  id: ["an id", (value) => toText(value) || undefined],
  date: ["an ISO 8601 date", (value) => date.exec(toText(value))?.[0]],
  currency: ["an ISO 4217 code, such as EUR", (value) => /^[A-Z]{3}$/.exec(toText(value).toUpperCase())?.[0]],
  boolean: ["true or false", (value) => (typeof value === "boolean" ? value : undefined)],
  scalar: [
    "a text, a number, true or false",
    (value) => (typeof value === "boolean" || toText(value) ? value : undefined),
  ],
  ids: ["a list of ids", (value, place) => toList(value, "id", place)],
  range: [
    "a list of two numbers",
    (value, place) => {
      const list = toList(value, "number", place);
      return list?.length === 2 ? list : undefined;
    },
  ],
  mileage: ["{ value, unit }", (value, place) => toMembers(value, mileageMembers, place)],
  content: [
    "{ id, quantity, price }",
    (value, place) => {
      const content = toMembers(value, contentMembers, place);
      return content?.id === undefined ? undefined : content;
    },
  ],
  contents: ["a list of { id, quantity, price }", (value, place) => toList(value, "content", place)],
};

/** The value as that kind; otherwise `undefined`, and an issue. An empty list is nothing, and no issue. */
function readKind(value: unknown, kind: Kind, place: Place): unknown {
  if (Array.isArray(value) && !value.length) return undefined;
  const before = place.issues.length;
  const reader: Reader | undefined = (readers as Readonly<Record<string, Reader>>)[kind];
  const read = reader ? reader[1](value, place) : isWordOf(value, kind) ? value : undefined;
  // Where a member of it has been reported, it is as well.
  if (read === undefined && place.issues.length === before) {
    const takes = reader ? reader[0] : `one of ${kind.replaceAll(" ", ", ")}`;
    report("wrong_type", place, `is ${describe(value)}, accepted is ${takes}; left out`);
  }
  return read;
}

function isWordOf(value: unknown, words: string): boolean {
  return typeof value === "string" && !value.includes(" ") && ` ${words} `.includes(` ${value} `);
}

/** Trimmed; empty for what is neither a text nor a number. */
function toText(value: unknown): string {
  return typeof value === "string" || Number.isFinite(value) ? String(value).trim() : "";
}

function toNumber(value: unknown, place: Place, warnNegative = false): number | undefined {
  const isText = typeof value === "string" && /^\s*-?\d{1,15}(\.\d{1,15})?\s*$/.test(value);
  const number = isText ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return undefined;
  if (isText) report("wrong_type", place, "is a text; sent as the number it spells");
  if (warnNegative && number < 0) report("wrong_value", place, "is negative, accepted is 0 or more; sent as it is");
  return number;
}

/** The members that can be used; `undefined` where there are none. */
function toList(value: unknown, kind: Kind, parent: Place): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list: unknown[] = [];
  for (let name = 0; name < value.length; name++) {
    const member = readKind(value[name], kind, { parent, name, issues: parent.issues });
    if (member !== undefined) list.push(member);
  }
  return list.length ? list : undefined;
}

type Members<Of> = Readonly<Record<keyof Of, Kind>>;

const mileageMembers: Members<Mileage> = { value: "number", unit: "MI KM" };
const contentMembers: Members<Content> = {
  id: "id",
  quantity: "number",
  price: "number",
  name: "text",
  category: "text",
  brand: "text",
  description: "text",
  deliveryCategory: "in_store curbside home_delivery",
};

function toMembers<Of>(value: unknown, members: Members<Of>, parent: Place): Partial<Of> | undefined {
  if (typeof value !== "object" || !value) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  const read: Record<string, unknown> = {};
  let found: unknown;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(members, name) || given[name] === undefined || given[name] === null) continue;
    const member = readKind(given[name], members[name as keyof Of], { parent, name, issues: parent.issues });
    if (member !== undefined) found = read[name] = member;
  }
  return found === undefined ? undefined : (read as Partial<Of>);
}

/** Fills `contentIds` and `numItems` in from `contents`. */
function fillIn(properties: WireProperties): void {
  const { contents } = properties;
  if (!contents) return;
  properties.contentIds ??= [...new Set(contents.map(({ id }) => id))];
  const total = totalQuantity(contents);
  if (total !== undefined) properties.numItems ??= total;
}

/** All quantities added up; `undefined` where one is not known, or the sum is no whole number. */
export function totalQuantity(contents: readonly WireContent[]): number | undefined {
  const total = contents.reduce((sum, { quantity = Number.NaN }) => sum + quantity, 0);
  return Number.isInteger(total) ? total : undefined;
}

function report(code: IssueCode, place: Place, what: string): void {
  const path = pathOf(place);
  place.issues.push(warningIssue(code, path, `${path} ${what}`));
}

/** The kind of a value, never the value: it may be a person's. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return value.trim() ? "a text that does not fit" : "an empty text";
  return value === null ? "null" : `of type ${typeof value}`;
}
