import { count } from "../words.js";
import type { FoundIssue } from "./find-issues.js";

/** What was found in a file so far. */
export interface Summary {
  /** Lines that hold something. */
  readonly lines: number;
  /** Lines that are no JSON object. */
  readonly malformed: number;
  /** Lines with an event that a vendor would refuse. */
  readonly withErrors: number;
  /** Lines whose event has warnings, and no error. */
  readonly withWarnings: number;
  /** How often each kind of issue came up. */
  readonly errors: Readonly<Record<string, number>>;
  readonly warnings: Readonly<Record<string, number>>;
}

/** Counts. There are few codes, so it stays small. */
export function createSummary() {
  const counts = { lines: 0, malformed: 0, withErrors: 0, withWarnings: 0 };
  const errors: Record<string, number> = {};
  const warnings: Record<string, number> = {};
  return {
    malformed() {
      counts.lines++;
      counts.malformed++;
    },
    event(issues: readonly Pick<FoundIssue, "severity" | "code">[]) {
      counts.lines++;
      if (issues.some(({ severity }) => severity === "error")) counts.withErrors++;
      else if (issues.length > 0) counts.withWarnings++;
      for (const { severity, code } of issues) {
        const ofSeverity = severity === "error" ? errors : warnings;
        ofSeverity[code] = (ofSeverity[code] ?? 0) + 1;
      }
    },
    read: (): Summary => ({ ...counts, errors, warnings }),
  };
}

/** The counts in words. */
export function summaryLines({ lines, malformed, withErrors, withWarnings, errors, warnings }: Summary): string[] {
  const good = lines - malformed - withErrors - withWarnings;
  const parts = [
    `${count(lines, "line")}: ${count(good, "event")} without an issue`,
    `${count(withWarnings, "event")} with warnings`,
    `${count(withErrors, "event")} with errors`,
    `${count(malformed, "malformed line")}`,
  ];
  const codes = (severity: string, counted: Readonly<Record<string, number>>) =>
    Object.entries(counted)
      .sort(([, one], [, other]) => other - one)
      .map(([code, number]) => `  ${count(number, severity).padStart(16)}  ${code}`);
  return [parts.join(", "), ...codes("error", errors), ...codes("warning", warnings)];
}
