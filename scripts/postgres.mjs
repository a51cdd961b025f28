import { canRun, installFromDebian } from "./debian.mjs";

/** The major versions that are looked for, the newest first; 14 is the oldest on which the outbox runs. */
const versions = [20, 19, 18, 17, 16, 15, 14];

/** Where packages put the server's programs. */
const usualPlaces = (version) => [
  `/usr/lib/postgresql/${version}/bin`,
  `/usr/pgsql-${version}/bin`,
  `/opt/homebrew/opt/postgresql@${version}/bin`,
  `/usr/local/opt/postgresql@${version}/bin`,
  `/Applications/Postgres.app/Contents/Versions/${version}/bin`,
];

/** The folder of an installed PostgreSQL's programs, if there is any: `POSTGRES_BIN`, or the newest in the usual places. */
export function installedPostgres() {
  return process.env.POSTGRES_BIN ?? versions.flatMap(usualPlaces).find((folder) => canRun(`${folder}/initdb`));
}

/**
 * Sees to it that tests find a PostgreSQL: an installed one or, for root on Debian, one installed now. Without any, the
 * tests that need it are left out, and say so; in CI that fails.
 */
export async function ensurePostgres() {
  if (installedPostgres()) return;
  await installFromDebian("postgresql", "Installing PostgreSQL from Debian's packages, for the tests of its outbox");
}
