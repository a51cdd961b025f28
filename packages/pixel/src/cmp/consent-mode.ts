import { consentFromGoogle } from "@beaconry/core/page";

/** A `gtag("consent", …)` command. */
export interface ConsentCommand {
  readonly command: "default" | "update";
  readonly settings: Readonly<Record<string, unknown>>;
}

type States = Readonly<Record<string, unknown>>;

/** What the commands so far come to. */
export interface ConsentMode {
  readonly updates: States;
  /** Of defaults for everybody. */
  readonly defaults: States;
  /** What defaults deny in some region. */
  readonly regional: States;
}

/** Before any command. */
export const noCommands: ConsentMode = { updates: {}, defaults: {}, regional: {} };

/** Longest time that a default can ask to wait for an update, in milliseconds. */
const longestWait = 10_000;

/**
 * The consent command in an entry of the data layer: the `arguments` of `gtag`. An array, as typed code pushes it, is
 * read too. Google ignores those, but a refusal must count.
 * @throws whatever a hostile entry throws
 */
export function readCommand(entry: unknown): ConsentCommand | undefined {
  const { 0: name, 1: command, 2: settings } = entry as Readonly<Record<number, unknown>>;
  const isConsent = name === "consent" && (command === "default" || command === "update");
  return isConsent ? { command, settings: settings as ConsentCommand["settings"] } : undefined;
}

/** The state after one more command. A region's grant is left out: it may be another person's region. */
export function apply(mode: ConsentMode, { command, settings }: ConsentCommand): ConsentMode {
  const part = command === "update" ? "updates" : settings.region === undefined ? "defaults" : "regional";
  const states = Object.entries(settings).filter(
    ([, state]) => state === "denied" || (state === "granted" && part !== "regional"),
  );
  return { ...mode, [part]: { ...mode[part], ...Object.fromEntries(states) } };
}

/** What the person chose: by updates alone. */
export function chosen({ updates }: ConsentMode): boolean | undefined {
  return consentFromGoogle(updates).advertising;
}

/** Whether everything that was not chosen is granted by default, wherever the person is. */
export function isGrantedByDefault({ defaults, regional, updates }: ConsentMode): boolean {
  return consentFromGoogle({ ...defaults, ...regional, ...updates }).advertising === true;
}

/** How long a default asks to wait for an update, in milliseconds. */
export function waitOf({ settings }: ConsentCommand): number {
  return Math.min(Number(settings.wait_for_update) || 0, longestWait);
}
