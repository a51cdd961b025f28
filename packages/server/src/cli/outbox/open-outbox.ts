import type { MovableOutbox } from "../../outbox/movable-outbox.js";
import { usageError } from "../exit-codes.js";
import { acceptedAddresses, openEngine } from "./open-engine.js";
import { readAddress } from "./outbox-url.js";

/** An open outbox, and its address as it may be shown. */
export interface OpenOutbox extends AsyncDisposable {
  readonly outbox: MovableOutbox;
  /** Of two addresses of one outbox the same. */
  readonly location: string;
  readonly shown: string;
}

/** The environment variables that name an outbox where the option of a command does not. */
const variables = {
  "--outbox": "BEACONRY_OUTBOX",
  "--from": "BEACONRY_OUTBOX",
  "--to": "BEACONRY_OUTBOX_TO",
} as const;

/**
 * Opens an outbox. Throws a usage error when none is named, or none of this kind is known.
 * @param option by which the outbox is named
 * @param given its value: a path or an address
 */
export async function openOutbox(option: keyof typeof variables, given: string | undefined): Promise<OpenOutbox> {
  const variable = variables[option];
  const text = given ?? process.env[variable];
  if (!text) throw usageError(`no outbox: give ${option}, or ${variable} in the environment: ${acceptedAddresses}`);
  const address = readAddress(text);
  // Only what is moved to may be new.
  const outbox = await openEngine(address, option, option === "--to");
  const { location, shown } = address;
  return { outbox, location, shown, [Symbol.asyncDispose]: () => outbox.close() };
}
