import { endpoints, type Side, type Vendor } from "./endpoints.js";
import { issueCount, type Row, type RowState, warningsOf } from "./row.js";

/** What the list shows; an empty text stands for everything. */
export interface Filter {
  readonly vendor: Vendor | "";
  /** Events of which a copy came from this side. */
  readonly side: Side | "";
  readonly state: RowState | "";
  /** The event's whole name. */
  readonly name: string;
  readonly issuesOnly: boolean;
  /** Found in names, ids, sources, codes, messages, warnings and match keys, whatever its case. */
  readonly text: string;
}

export const noFilter: Filter = { vendor: "", side: "", state: "", name: "", issuesOnly: false, text: "" };

export function isFiltering(filter: Filter): boolean {
  return Object.values(filter).some(Boolean);
}

export function matches(row: Row, filter: Filter): boolean {
  if (filter.vendor !== "" && row.vendor !== filter.vendor) return false;
  if (filter.state !== "" && row.state !== filter.state) return false;
  const parts = row.kind === "event" ? row.copies : [row.entry];
  if (filter.side !== "" && !parts.some(({ endpoint }) => endpoints[endpoint].side === filter.side)) return false;
  const names = row.kind === "event" ? [row.name] : row.entry.names;
  if (filter.name !== "" && !names.includes(filter.name)) return false;
  if (filter.issuesOnly && issueCount(row) === 0) return false;
  return filter.text === "" || hasText(row, filter.text);
}

function hasText(row: Row, text: string): boolean {
  const wanted = text.toLowerCase();
  const has = (value: string | undefined) => value?.toLowerCase().includes(wanted) ?? false;
  if (row.kind === "request") {
    const { endpoint, sourceId, names, refusal } = row.entry;
    return [endpoint, sourceId, refusal.code, refusal.message, ...names].some(has);
  }
  return (
    has(row.name) ||
    has(row.id) ||
    row.copies.some((copy) => has(copy.sourceId) || has(copy.endpoint) || copy.matchKeys.some(has)) ||
    warningsOf(row).some(has)
  );
}
