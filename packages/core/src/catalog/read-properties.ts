import type { TrackedEvent } from "../event.js";
import { type Issue, warningIssue } from "../issue.js";
import { type PropertyKind, propertyKinds, type StandardProperties } from "./properties.js";
import { isStandardEvent } from "./standard-names.js";

/** One product as the vendors take it: the id a string, numbers finite. */
export interface WireContent {
  id: string;
  quantity?: number;
  price?: number;
  name?: string;
  category?: string;
  brand?: string;
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

/**
 * Brings an event's properties into the form that both vendors share. A value that can not be used is left out and
 * reported; the rest is kept. `contentIds` and `numItems` are filled in from `contents`.
 */
export function readProperties({ name: event, properties }: Pick<TrackedEvent, "name" | "properties">): ReadProperties {
  const issues: Issue[] = [];
  const standard: Record<string, unknown> = {};
  const custom: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null) continue;
    const path = `properties.${name}`;
    if (!Object.hasOwn(propertyKinds, name)) {
      if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
        issues.push(warningIssue("wrong_type", path, `${path} is a ${typeof value}, which can not be sent; left out`));
      } else {
        custom[name] = value;
        // An event of your own has properties of your own; on a standard one it may be a misspelling.
        if (isStandardEvent(event))
          issues.push(warningIssue("unknown_property", path, `${path} is no standard property; sent as a custom one`));
      }
      continue;
    }
    const read = readKind(value, propertyKinds[name as keyof StandardProperties], path, issues);
    if (read !== undefined) standard[name] = read;
  }
  fillIn(standard as WireProperties);
  return { standard: standard as WireProperties, custom, issues };
}

function readKind(value: unknown, kind: PropertyKind, path: string, issues: Issue[]): unknown {
  const refuse = (accepted: string) => {
    issues.push(warningIssue("wrong_type", path, `${path} is ${describe(value)}, accepted is ${accepted}; left out`));
    return undefined;
  };
  switch (kind) {
    case "number":
      return readNumber(value, path, issues);
    case "string":
      return typeof value === "string" || typeof value === "number" ? String(value) : refuse("a text");
    case "boolean":
      return typeof value === "boolean" ? value : refuse("true or false");
    case "status":
      return typeof value === "boolean" || typeof value === "string" ? value : refuse("a text, true or false");
    case "currency":
      return typeof value === "string" && /^\s*[a-z]{3}\s*$/i.test(value)
        ? value.trim().toUpperCase()
        : refuse("an ISO 4217 code of three letters, such as EUR");
    case "ids":
      return Array.isArray(value)
        ? value.map((id, index) => readId(id, `${path}.${index}`, issues)).filter((id) => id !== undefined)
        : refuse("a list of ids");
    case "contents":
      return Array.isArray(value)
        ? value.map((item, index) => readContent(item, `${path}.${index}`, issues)).filter((item) => item !== undefined)
        : refuse("a list of { id, quantity, price }");
    default:
      return typeof value === "string" && kind.includes(value) ? value : refuse(`one of ${kind.join(", ")}`);
  }
}

function readNumber(value: unknown, path: string, issues: Issue[]): number | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" && /^\s*-?\d{1,15}(\.\d{1,15})?\s*$/.test(value)) {
    issues.push(warningIssue("wrong_type", path, `${path} is a text; sent as the number it spells`));
    return Number(value);
  }
  issues.push(warningIssue("wrong_type", path, `${path} is ${describe(value)}, accepted is a finite number; left out`));
  return undefined;
}

function readId(value: unknown, path: string, issues: Issue[]): string | undefined {
  const id = typeof value === "string" || typeof value === "number" ? String(value).trim() : "";
  if (id) return id;
  issues.push(warningIssue("wrong_type", path, `${path} is ${describe(value)}, accepted is an id; left out`));
  return undefined;
}

function readContent(value: unknown, path: string, issues: Issue[]): WireContent | undefined {
  if (typeof value !== "object" || value === null) {
    issues.push(
      warningIssue("wrong_type", path, `${path} is ${describe(value)}, accepted is { id, quantity, price }; left out`),
    );
    return undefined;
  }
  const given = value as Record<string, unknown>;
  const id = readId(given.id, `${path}.id`, issues);
  if (id === undefined) return undefined;
  const content: WireContent = { id };
  for (const name of ["quantity", "price"] as const) {
    const number = given[name] === undefined ? undefined : readNumber(given[name], `${path}.${name}`, issues);
    if (number !== undefined) content[name] = number;
  }
  for (const name of ["name", "category", "brand"] as const) {
    if (typeof given[name] === "string") content[name] = given[name];
  }
  return content;
}

function fillIn(properties: WireProperties): void {
  const { contents } = properties;
  if (!contents?.length) return;
  properties.contentIds ??= [...new Set(contents.map(({ id }) => id))];
  if (properties.numItems === undefined && contents.every(({ quantity }) => Number.isInteger(quantity))) {
    properties.numItems = contents.reduce((sum, { quantity = 0 }) => sum + quantity, 0);
  }
}

/** The kind of a value, never the value: it may be a person's. */
function describe(value: unknown): string {
  if (typeof value === "number") return "not a finite number";
  if (typeof value === "string") return value.trim() === "" ? "an empty text" : "a text that does not fit";
  return Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`;
}
