import type { MovableOutbox } from "../../outbox/movable-outbox.js";
import { CliError, usageError } from "../exit-codes.js";
import type { Engine } from "./engines/engine.js";
import { jetstream } from "./engines/jetstream.js";
import { postgres } from "./engines/postgres.js";
import { sqlite } from "./engines/sqlite.js";
import type { OutboxAddress } from "./outbox-url.js";

/** By scheme. */
const engines: Readonly<Record<string, Engine>> = {
  sqlite,
  postgres,
  postgresql: postgres,
  nats: jetstream,
  tls: jetstream,
};

/** What names an outbox, in words. */
export const acceptedAddresses = `a path, or an address of ${Object.keys(engines).join(", ")}`;

/**
 * Opens an outbox. Throws a usage error for a scheme that no outbox has, and where there is none that must be there.
 * @param option by which it is named
 * @param mayBeNew whether one is made where there is none
 */
export async function openEngine(address: OutboxAddress, option: string, mayBeNew: boolean): Promise<MovableOutbox> {
  const { scheme, location, shown } = address;
  const engine = Object.hasOwn(engines, scheme) ? engines[scheme] : undefined;
  if (!engine) throw usageError(`${option}: there is no outbox of ${scheme}:, accepted is ${acceptedAddresses}`);
  const outbox = await engine.open(location, mayBeNew).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND" || !engine.needs) throw error;
    throw new CliError(`${scheme}: needs what is not installed: npm install ${engine.needs}`);
  });
  if (!outbox) throw usageError(`${option}: there is no outbox at ${shown}`);
  return outbox;
}
