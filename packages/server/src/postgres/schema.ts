import { BeaconryError } from "@beaconry/core";
import { checkOptions, type Rule, someText, textLike } from "@beaconry/core/internal";
import type { Query, Transact } from "./database.js";

/** Needs no quotes, and leaves room for what is named after it. */
export const schemaName = /^[a-z_][a-z0-9_]{0,39}$/;

/** Slots between the ids of two segments, and so the most parcels of one. */
export const slotsPerSegment = 1_000;

/**
 * What takes the tables from each version to the next; the first makes them.
 *
 * Parcels come in segments: those of one destination and group from one commit, in one row. They are leased together,
 * and settled together if they share one fate; otherwise each becomes a segment of its own. A parcel's id is its
 * segment's plus its place in it, and stays.
 *
 * Large texts are not compressed: that takes more time than it saves. Rows come and go by thousands a second, so the
 * tables are vacuumed by number of dead rows, not by their share.
 */
const migrations = [
  (schema: string) => `
CREATE TABLE ${schema}.version (number integer NOT NULL);
INSERT INTO ${schema}.version VALUES (0);

CREATE SEQUENCE ${schema}.segment_ids AS bigint INCREMENT BY ${slotsPerSegment} START WITH ${slotsPerSegment};
CREATE SEQUENCE ${schema}.takers AS bigint;
CREATE SEQUENCE ${schema}.once_ids AS bigint;

-- due_at: ms, 0 when it was never taken. slots: places, parcels: those that are not empty.
CREATE TABLE ${schema}.segments (
  id bigint PRIMARY KEY,
  destination text NOT NULL,
  due_at bigint NOT NULL,
  attempts integer NOT NULL,
  taker bigint NOT NULL,
  slots integer NOT NULL,
  parcels integer NOT NULL,
  records text NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 20000,
  toast.autovacuum_vacuum_cost_delay = 0);
ALTER TABLE ${schema}.segments ALTER COLUMN records SET STORAGE EXTERNAL;
CREATE INDEX segments_by_due ON ${schema}.segments (destination, due_at, id);

-- What transactions of others put in, until somebody looks whether it is a duplicate.
CREATE TABLE ${schema}.arrivals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key uuid NOT NULL,
  once uuid,
  destination text NOT NULL,
  record text NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX arrivals_by_key ON ${schema}.arrivals (key);
CREATE INDEX arrivals_by_once ON ${schema}.arrivals (once) WHERE once IS NOT NULL;

-- Keys of the deduplication window. look_at: when it is next asked whether a key may be forgotten is a window later.
CREATE TABLE ${schema}.seen (
  key uuid PRIMARY KEY,
  added_at bigint NOT NULL,
  look_at bigint NOT NULL,
  parcel bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX seen_by_look_at ON ${schema}.seen (look_at);

CREATE TABLE ${schema}.once (
  id bigint PRIMARY KEY DEFAULT nextval('${schema}.once_ids'),
  key uuid NOT NULL UNIQUE
);

CREATE TABLE ${schema}.dead_letters (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  destination text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  died_at bigint NOT NULL,
  expires_at double precision NOT NULL,
  record text NOT NULL
);
CREATE INDEX dead_letters_by_destination ON ${schema}.dead_letters (destination, reason, id);

-- Differences, to be summed: a row that all transactions change would make them wait for each other.
CREATE TABLE ${schema}.counts (
  what text NOT NULL,
  destination text NOT NULL,
  number bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE ${schema}.pauses (
  destination text PRIMARY KEY,
  until bigint NOT NULL
);

CREATE TABLE ${schema}.shared (
  name text NOT NULL,
  member text NOT NULL,
  PRIMARY KEY (name, member)
);`,
];

/** The statements that lead from one version to today's. */
function migrationFrom(version: number, schema: string): string {
  const steps = migrations.slice(version).map((migration) => migration(schema));
  return `${steps.join("\n")}\nUPDATE ${schema}.version SET number = ${migrations.length};`;
}

/** Options of {@link postgresSchema}. */
export interface PostgresSchemaOptions {
  /** The schema's name. It must not exist yet. Default `beaconry`. */
  schema?: string;
  /** The role of the outbox, which gets the rights that it needs. Default: nobody gets any. */
  role?: string;
}

const name = textLike(schemaName, "lower-case letters, digits and _, 40 at most");

const rules = { schema: name, role: someText } satisfies Record<keyof PostgresSchemaOptions, Rule>;

/**
 * The SQL that makes an outbox's tables in a schema of their own: for a role that may create one to run with `psql`,
 * where the outbox's own role may not. Throws `invalid_option`.
 */
export function postgresSchema(options: PostgresSchemaOptions = {}): string {
  checkOptions("postgresSchema", options, rules);
  const { schema = "beaconry", role } = options;
  const grantee = role && `"${role.replaceAll('"', '""')}"`;
  const grants = [
    `GRANT USAGE ON SCHEMA ${schema} TO ${grantee};`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${grantee};`,
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${grantee};`,
  ];
  const statements = [`CREATE SCHEMA ${schema};`, migrationFrom(0, schema), ...(grantee ? grants : [])];
  return `BEGIN;\n${statements.join("\n")}\nCOMMIT;\n`;
}

/**
 * Brings the tables to today's version, or throws `outbox_failed` with the reason why they can not be used. Of several
 * processes that start at once, one does it.
 */
export async function prepareSchema(schema: string, query: Query, transact: Transact): Promise<void> {
  await checkServer(query);
  if ((await versionOf(schema, query)) === migrations.length) return;
  await transact(async (within) => {
    await within("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`beaconry ${schema}`]);
    // Another process may have been quicker.
    const version = await versionOf(schema, within);
    if (version === migrations.length) return;
    if (version === undefined) await within(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await within(migrationFrom(version ?? 0, schema));
  });
}

/** `undefined`: there is no schema yet. */
async function versionOf(schema: string, query: Query): Promise<number | undefined> {
  const [found] = await query(
    `SELECT to_regnamespace($1)::text AS schema, has_schema_privilege(to_regnamespace($1), 'USAGE') AS usable,
       (SELECT count(*)::int FROM pg_class WHERE relnamespace = to_regnamespace($1)) AS objects,
       EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relname = 'version') AS versioned`,
    [schema],
  );
  if (!found?.schema) return undefined;
  if (!found.usable) throw failed(`the role may not use the schema ${schema}: GRANT USAGE ON SCHEMA ${schema} TO it`);
  if (!found.versioned) {
    if (found.objects === 0) return 0;
    throw failed(`the schema ${schema} belongs to something else: give the outbox one of its own`);
  }
  const [row] = await query(`SELECT number FROM ${schema}.version`);
  const version = Number(row?.number);
  if (version <= migrations.length) return version;
  throw failed(
    `the schema ${schema} was written by a newer Beaconry (version ${version}, this one knows ${migrations.length}): ` +
      "update this one",
  );
}

async function checkServer(query: Query): Promise<void> {
  const [server] = await query(
    "SELECT current_setting('server_version_num')::int AS version, current_setting('server_encoding') AS encoding",
  );
  if (Number(server?.version) < 140_000) throw failed("the outbox runs on PostgreSQL 14 or newer, this one is older");
  if (server?.encoding !== "UTF8") {
    throw failed(`the outbox needs a database of encoding UTF8, this one's is ${server?.encoding}`);
  }
}

function failed(message: string): BeaconryError {
  return new BeaconryError("outbox_failed", message);
}
