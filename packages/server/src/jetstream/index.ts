export type { Connecting } from "./connection.js";
export { type JetstreamOutboxOptions, jetstreamOutbox } from "./jetstream-outbox.js";
