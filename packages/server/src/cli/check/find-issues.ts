import { type CheckOptions, checkEvent, type Issue, type TrackedEvent, type Vendor } from "@beaconry/core";
import { toTikTokSource } from "@beaconry/core/tiktok";
import type { ReadEvent } from "./read-event.js";

/** An issue, and the vendors that it concerns. */
export interface FoundIssue extends Issue {
  readonly vendors: readonly Vendor[];
}

/**
 * Everything that is wrong with an event, errors first: with its form, and in the eyes of each vendor.
 * @param only the vendor that is asked. Default: each that takes events of the source
 */
export function findIssues({ event, issues: ofForm }: ReadEvent, options: CheckOptions, only?: Vendor): FoundIssue[] {
  const vendors = only ? [only] : vendorsFor(event);
  const all: FoundIssue[] = ofForm.map((issue) => ({
    ...issue,
    vendors: vendors.filter((vendor) => concerns(issue, vendor)),
  }));
  const reported = new Set(ofForm.filter(({ severity }) => severity === "error").map(({ path }) => path));
  for (const issue of event ? issuesAt(vendors, event, options) : []) {
    // What is of a wrong kind needs no second word.
    if (!reported.has(issue.path)) all.push(issue);
  }
  return (["error", "warning"] as const).flatMap((severity) =>
    all.filter((issue) => issue.severity === severity && issue.vendors.length > 0),
  );
}

function vendorsFor(event: TrackedEvent | undefined): readonly Vendor[] {
  return event && !toTikTokSource(event.context.source) ? ["meta"] : ["meta", "tiktok"];
}

/** Match keys are of one vendor. */
function concerns({ path }: Issue, vendor: Vendor): boolean {
  return !path.startsWith("matchKeys.") || path.startsWith(`matchKeys.${vendor}.`);
}

/** What the vendors find, each issue once. */
function issuesAt(vendors: readonly Vendor[], event: TrackedEvent, options: CheckOptions): Iterable<FoundIssue> {
  const found = new Map<string, FoundIssue>();
  for (const vendor of vendors) {
    const { errors, warnings } = checkEvent(event, vendor, options);
    for (const issue of [...errors, ...warnings]) {
      const key = `${issue.severity} ${issue.path} ${issue.message}`;
      found.set(key, { ...issue, vendors: [...(found.get(key)?.vendors ?? []), vendor] });
    }
  }
  return found.values();
}
