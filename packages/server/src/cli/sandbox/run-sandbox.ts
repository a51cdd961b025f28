import { createSandbox, type Fault, type ReceivedEvent, type Sandbox } from "../../sandbox/index.js";
import { type ExitCode, errorOf, exitCodes } from "../exit-codes.js";
import { plainText } from "../plain-text.js";
import type { Terminal } from "../terminal.js";
import { count } from "../words.js";
import { readFault } from "./read-fault.js";
import { settingsFor, settingsLines } from "./settings.js";

/** Options of `beaconry sandbox`. */
export interface RunSandboxOptions {
  readonly port: number;
  readonly seed?: number;
  readonly fault: readonly string[];
  readonly json?: boolean;
}

/** Runs a sandbox until the process is asked to end. */
export async function runSandbox(
  { port, seed, fault, json }: RunSandboxOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const faults = fault.map(readFault);
  const asked = askedToEnd();
  await using sandbox = await start(port, seed);
  for (const one of faults) setFault(sandbox, one);
  if (json) await terminal.print(JSON.stringify(describe(sandbox)));
  else {
    await greet(sandbox, terminal);
    sandbox.on((event) => void terminal.print(eventLine(event, terminal)));
  }
  await asked;
  if (!json) {
    const { length: events } = sandbox.events();
    terminal.note(`${count(events, "event")} in ${count(sandbox.requests().length, "request")}`);
  }
  return exitCodes.ok;
}

async function start(port: number, seed: number | undefined): Promise<Sandbox> {
  try {
    return await createSandbox({ port, ...(seed !== undefined && { seed }) });
  } catch (error) {
    throw errorOf("--port", error);
  }
}

/** The sandbox says what is wrong with it. */
function setFault({ faults }: Sandbox, fault: Record<string, unknown>): void {
  try {
    faults.add(fault as unknown as Fault);
  } catch (error) {
    throw errorOf("--fault", error);
  }
}

function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

function describe({ url, seed, faults }: Sandbox) {
  return { url, seed, faults: faults.list().map(({ fault }) => fault), ...settingsFor(url) };
}

async function greet({ url, seed, faults }: Sandbox, { print, style }: Terminal): Promise<void> {
  await print(`${style("bold", "Beaconry sandbox")}  ${style("cyan", url)}`);
  await print("TikTok and Meta on this machine. Open the address in a browser to watch, Ctrl+C ends it.");
  await print();
  for (const line of settingsLines(settingsFor(url))) await print(line && `  ${line}`);
  const set = faults.list();
  if (set.length > 0) {
    await print();
    for (const { id, fault } of set) await print(`${style("yellow", id)}  ${JSON.stringify(fault)}`);
    await print(style("dim", `Drawn by --seed ${seed}`));
  }
  await print();
}

function eventLine({ receivedAt, vendor, side, name, id, outcome, warnings }: ReceivedEvent, terminal: Terminal) {
  const { style } = terminal;
  const at = new Date(receivedAt).toTimeString().slice(0, 8);
  const mark = outcome === "counted" ? style("green", outcome.padEnd(12)) : style("dim", outcome);
  const more = warnings.length > 0 ? `  ${style("yellow", count(warnings.length, "warning"))}` : "";
  return `${style("dim", at)}  ${mark}  ${vendor.padEnd(6)}  ${side.padEnd(7)}  ${plainText(name, 40)}  ${plainText(id ?? "–", 64)}${more}`;
}
