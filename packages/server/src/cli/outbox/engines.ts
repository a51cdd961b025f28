import type { MovableOutbox } from "../../outbox/movable-outbox.js";
import { CliError, usageError } from "../exit-codes.js";
import { readJetStreamAddress } from "./jetstream-address.js";

/** How the outboxes of a scheme are opened. */
interface Engine {
  /** What must be installed beside this package. */
  readonly needs?: string;
  readonly open: (location: string) => Promise<MovableOutbox>;
}

/** Limits protect a server from what comes in. An operator wants all of it kept. */
const unlimited = Number.MAX_SAFE_INTEGER;
const limits = { maxParcels: unlimited, maxDeadLetters: unlimited, maxOnce: unlimited };

const postgres: Engine = {
  needs: "pg",
  async open(location) {
    const { postgresOutbox } = await import("../../postgres/index.js");
    const address = new URL(location);
    // Of this command, not of the driver.
    const schema = address.searchParams.get("schema") ?? undefined;
    address.searchParams.delete("schema");
    return postgresOutbox({ connectionString: address.href, schema, ...limits });
  },
};

const jetstream: Engine = {
  needs: "@nats-io/jetstream @nats-io/kv @nats-io/transport-node",
  async open(location) {
    const { jetstreamOutbox } = await import("../../jetstream/index.js");
    // Without limits: those of the streams that are there stay.
    return jetstreamOutbox(readJetStreamAddress(location));
  },
};

/** By scheme. An engine's libraries are loaded only when one of its outboxes is opened. */
const engines: Readonly<Record<string, Engine>> = {
  sqlite: {
    async open(path) {
      const { sqliteOutbox } = await import("../../sqlite/sqlite-outbox.js");
      return sqliteOutbox({ path, ...limits, maxBytes: unlimited });
    },
  },
  postgres,
  postgresql: postgres,
  nats: jetstream,
  tls: jetstream,
};

/** The schemes of addresses that name an outbox. */
export const schemes = Object.keys(engines);

/** Opens an outbox. Throws a usage error for a scheme that is none of {@link schemes}. */
export async function openEngine(scheme: string, location: string): Promise<MovableOutbox> {
  const engine = Object.hasOwn(engines, scheme) ? engines[scheme] : undefined;
  if (!engine) throw usageError(`there is no outbox of ${scheme}:, accepted is a path, or ${schemes.join(", ")}`);
  try {
    return await engine.open(location);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND" || !engine.needs) throw error;
    throw new CliError(`${scheme}: needs what is not installed: npm install ${engine.needs}`);
  }
}
