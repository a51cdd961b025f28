import type { CheckOptions, Vendor } from "@beaconry/core";
import { parsePhone } from "@beaconry/core/phone";
import { type ExitCode, exitCodes } from "../exit-codes.js";
import { openSource } from "../input.js";
import { type Line, readLines } from "../lines.js";
import { plainText } from "../plain-text.js";
import type { Terminal } from "../terminal.js";
import { count } from "../words.js";
import { type FoundIssue, findIssues } from "./find-issues.js";
import { readEvent } from "./read-event.js";
import { createSummary, summaryLines } from "./summary.js";

/** Options of `beaconry check`. */
export interface CheckFileOptions {
  /** Only this vendor. Default: each that takes events of the source. */
  readonly vendor?: Vendor;
  /** The API by which app events go to Meta. */
  readonly appsBy: NonNullable<CheckOptions["appsBy"]>;
  /** The time by which ages are judged, ms; `false`: not at all. Default: now. */
  readonly age: boolean;
  readonly at?: number;
  readonly json?: boolean;
}

/** One line that has something wrong. */
interface Finding {
  readonly line: number;
  readonly name?: string;
  readonly id?: string;
  /** Why it is no event. */
  readonly malformed?: string;
  readonly issues: readonly FoundIssue[];
}

/** No event that a collector takes is longer. */
const longestLine = 1_048_576;

/** Says of every line of a file what is wrong with its event. */
export async function checkFile(path: string, options: CheckFileOptions, terminal: Terminal): Promise<ExitCode> {
  const { vendor, appsBy, age, at = Date.now(), json } = options;
  const checks: CheckOptions = { parsePhone, appsBy, ...(age && { now: at }) };
  const { name, stream, size = 0 } = await openSource(path);
  const summary = createSummary();
  const progress = terminal.progress(`Checking ${plainText(name, 40)}`, size);
  for await (const line of readLines(stream, longestLine)) {
    progress.advance(line.bytes, count(line.number, "line"));
    const finding = find(line, checks, vendor);
    if (!finding) continue;
    if (finding.malformed === undefined) summary.event(finding.issues);
    else summary.malformed();
    if (finding.malformed === undefined && finding.issues.length === 0) continue;
    if (json) await terminal.print(JSON.stringify(finding));
    else await show(name, finding, terminal);
  }
  progress.end();
  const found = summary.read();
  if (json) await terminal.print(JSON.stringify({ summary: found }));
  else for (const text of summaryLines(found)) await terminal.print(text);
  return found.withErrors + found.malformed > 0 ? exitCodes.failed : exitCodes.ok;
}

/** `undefined` for an empty line. */
function find({ number, text, problem }: Line, checks: CheckOptions, vendor?: Vendor): Finding | undefined {
  const malformed = (why: string): Finding => ({ line: number, malformed: why, issues: [] });
  if (text === undefined) return malformed(problem ?? "");
  if (text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return malformed("no JSON");
  }
  const read = readEvent(value);
  if (!read) return malformed("no JSON object");
  const { name, id } = read;
  return { line: number, name, id, issues: findIssues(read, checks, vendor) };
}

async function show(file: string, { line, name, id, malformed, issues }: Finding, { print, style }: Terminal) {
  const what = [name && plainText(name, 60), id && plainText(id, 64)].filter(Boolean).join("  ");
  await print(`${style("bold", `${plainText(file)}:${line}`)}  ${what}`.trimEnd());
  if (malformed !== undefined) await print(`  ${style("red", "malformed")}  ${malformed}`);
  for (const { severity, code, message, vendors } of issues) {
    const word = style(severity === "error" ? "red" : "yellow", severity.padEnd(7));
    await print(`  ${word}  ${vendors.join(", ").padEnd(12)}  ${plainText(message, 300)}  ${style("dim", code)}`);
  }
}
