import { jetstreamOutbox } from "../dist/jetstream.js";
import { postgresOutbox } from "../dist/postgres.js";

const outboxes = { jetstream: jetstreamOutbox, postgres: postgresOutbox };

/**
 * The outbox that an engine of engines.mjs names, for a process of its own.
 * @param {{ kind: keyof typeof outboxes, options: object }} outbox
 */
export function openOutbox({ kind, options }) {
  return outboxes[kind](options);
}
