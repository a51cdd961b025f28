import { type StandardEventName, standardEvents, type TrackedEvent } from "@beaconry/core";
import { type ExitCode, exitCodes, usageError } from "../exit-codes.js";
import { readText } from "../input.js";
import type { Terminal } from "../terminal.js";
import { readChange, readProperty } from "./read-change.js";
import { chooseReceivers, type ReceiverOptions } from "./receivers.js";
import { type SampleSource, sampleEvent } from "./sample-event.js";
import { usualSource } from "./sample-properties.js";
import { type SendResult, sendTo } from "./send-to.js";

/** Options of `beaconry send`. */
export interface SendOptions extends ReceiverOptions {
  readonly source?: SampleSource;
  /** `name=value`, each a property. */
  readonly set: readonly string[];
  /** A file with JSON, or `-`. */
  readonly event?: string;
  readonly json?: boolean;
}

const longestEvent = 1_000_000;

/** Sends one event and says what came back. */
export async function send(name: string, options: SendOptions, terminal: Terminal): Promise<ExitCode> {
  if (!isStandard(name)) throw usageError(`${name} is no event of the catalogue${suggestion(name)}`);
  const source = options.source ?? usualSource(name);
  refuseSecondStdin(options);
  const receivers = await chooseReceivers(source, options);
  const given = options.event === undefined ? {} : readChange(await readText(options.event, longestEvent), "--event");
  const change = {
    ...given,
    properties: { ...given.properties, ...Object.fromEntries(options.set.map(readProperty)) },
  };
  const event = sampleEvent(name, source, change, { id: crypto.randomUUID(), now: Date.now() });
  const results: SendResult[] = [];
  for (const receiver of receivers) results.push(await sendTo(receiver, event));
  const { id } = event;
  if (options.json) await terminal.print(JSON.stringify({ event: { name, id, source }, results }));
  else await show(event, results, options.sandbox === undefined, terminal);
  return results.every(({ outcome }) => outcome === "taken") ? exitCodes.ok : exitCodes.failed;
}

function refuseSecondStdin({ event, tiktokTokenFile, metaTokenFile, appSecretFile }: SendOptions): void {
  const files = [event, tiktokTokenFile, metaTokenFile, appSecretFile];
  if (files.filter((file) => file === "-").length > 1) throw usageError("stdin can be read only once: name a file");
}

function isStandard(name: string): name is StandardEventName {
  return Object.hasOwn(standardEvents, name);
}

/** Names that begin alike; most mistakes are of case or of the end. */
function suggestion(name: string): string {
  const start = name.toLowerCase().slice(0, 4);
  const near = Object.keys(standardEvents).filter((known) => known.toLowerCase().startsWith(start));
  return near.length > 0 ? `: did you mean ${near.join(" or ")}?` : ": see docs/events.md";
}

async function show(
  { name, id, context }: TrackedEvent,
  results: readonly SendResult[],
  isReal: boolean,
  { print, style }: Terminal,
): Promise<void> {
  await print(`${style("bold", name)}  ${context.source}  ${id}`);
  for (const { destination, outcome, status, detail, advice, testCode, issues } of results) {
    const http = status === undefined ? "" : `  HTTP ${status}`;
    const words = { taken: "taken", refused: "refused", later: "not taken", invalid: "not sent" }[outcome];
    await print();
    await print(
      `${style("bold", destination.padEnd(8))}  ${style(outcome === "taken" ? "green" : "red", words)}${http}`,
    );
    if (isReal && outcome === "taken" && testCode !== undefined) {
      await print(`  Look under "Test events" in Events Manager, code ${testCode}; it may take a minute to show.`);
    }
    if (detail !== undefined) await print(`  ${detail}`);
    if (advice !== undefined) await print(`  ${advice}`);
    for (const { severity, message } of issues) {
      await print(`  ${style(severity === "error" ? "red" : "yellow", severity)}  ${message}`);
    }
  }
}
