export type { PostgresPool, PostgresPoolClient, PostgresQueryable } from "./database.js";
export { postgresOutbox } from "./postgres-outbox.js";
export { type PostgresSchemaOptions, postgresSchema } from "./schema.js";
export type { PostgresOutboxOptions } from "./settings.js";
