import {
  hashUserData,
  type Issue,
  normalizeUserData,
  type UserData,
  type UserField,
  type Vendor,
} from "@beaconry/core";
import { parsePhone } from "@beaconry/core/phone";
import { type ExitCode, exitCodes, usageError } from "../exit-codes.js";
import { ask } from "../input.js";
import { readLines } from "../lines.js";
import type { Terminal } from "../terminal.js";

/** Options of `beaconry keys`. */
export interface KeysOptions {
  readonly field: UserField;
  readonly country?: string;
  readonly json?: boolean;
}

/** How one vendor takes the value. */
interface VendorKey {
  /** The key's name on the wire. */
  readonly key: string;
  readonly normalized: string;
  /** What goes out: a SHA-256, or `normalized` where the vendor takes it plain or it was a hash already. */
  readonly sent: string;
}

/** What becomes of one value. */
interface ValueKeys {
  readonly vendors: Readonly<Partial<Record<Vendor, VendorKey>>>;
  /** Why it can not be used. */
  readonly issues: readonly Pick<Issue, "code" | "message">[];
}

const vendors = ["meta", "tiktok"] as const satisfies readonly Vendor[];
const vendorNames = { meta: "Meta", tiktok: "TikTok" } as const;
/** A value is at most 512 characters long; more is reported, as anywhere else. */
const longestLine = 65_536;

/** Shows what is sent for a value of a person's field. The value comes from stdin, so that no history has it. */
export async function showKeys({ field, country, json }: KeysOptions, terminal: Terminal): Promise<ExitCode> {
  if (country !== undefined && !normalizeUserData({ country }, "meta").keys.country) {
    throw usageError("--country is none that is known: accepted is an ISO 3166-1 alpha-2 code or an English name");
  }
  let values = 0;
  let unusable = 0;
  for await (const { line, text } of readValues(field, terminal)) {
    const found = keysOf(field, text, country);
    values++;
    if (found.issues.length > 0) unusable++;
    if (json) await terminal.print(JSON.stringify({ line, field, ...found }));
    else {
      if (values > 1) await terminal.print();
      if (line > 1) await terminal.print(terminal.style("dim", `line ${line}`));
      await show(field, found, terminal);
    }
  }
  if (values === 0) throw usageError("no value came: write it to stdin, one a line");
  return unusable > 0 ? exitCodes.failed : exitCodes.ok;
}

async function* readValues(field: UserField, { canAsk }: Terminal): AsyncGenerator<{ line: number; text: string }> {
  if (canAsk) {
    const text = await ask(`${field} (is not shown): `, { secret: true });
    if (text !== "") yield { line: 1, text };
    return;
  }
  for await (const { text, problem, number } of readLines(process.stdin, longestLine)) {
    if (problem !== undefined) throw usageError(`line ${number} of stdin is ${problem}`);
    if (text) yield { line: number, text };
  }
}

function keysOf(field: UserField, value: string, country: string | undefined): ValueKeys {
  const user: UserData = { ...(country !== undefined && { country }), [field]: value };
  const issues = new Map<string, Pick<Issue, "code" | "message">>();
  const found = vendors.flatMap((vendor) => {
    const normal = normalizeUserData(user, vendor, { parsePhone });
    const { keys } = hashUserData(user, vendor, { parsePhone });
    for (const { path, code, message } of normal.issues)
      if (path === `user.${field}`) issues.set(message, { code, message });
    const key = Object.keys(keys).find((name) => field === "country" || name !== "country");
    return key === undefined ? [] : [[vendor, { key, normalized: String(normal.keys[key]), sent: String(keys[key]) }]];
  });
  return { vendors: Object.fromEntries(found), issues: [...issues.values()] };
}

async function show(field: UserField, { vendors: found, issues }: ValueKeys, { print, style }: Terminal) {
  for (const vendor of vendors) {
    const one = found[vendor];
    if (!one) {
      if (issues.length === 0) await print(`${vendorNames[vendor].padEnd(6)}  ${style("dim", `takes no ${field}`)}`);
      continue;
    }
    const { key, normalized, sent } = one;
    await print(`${style("bold", vendorNames[vendor].padEnd(6))}  ${key}`);
    if (sent === normalized) {
      await print(`  sent as it is    ${sent}`);
      continue;
    }
    await print(`  normalised       ${normalized}`);
    await print(`  sent (SHA-256)   ${style("green", sent)}`);
  }
  for (const { message } of issues) await print(`${style("red", "not usable")}  ${message}`);
}
