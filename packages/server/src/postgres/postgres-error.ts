import { BeaconryError, isBeaconryError } from "@beaconry/core";

/** What PostgreSQL's codes mean to an outbox, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const meanings: Readonly<Record<string, string>> = {
  "28000": "PostgreSQL refuses the role",
  "28P01": "PostgreSQL refuses the role's password",
  "3D000": "the database does not exist",
  "3F000": "the outbox's schema is gone",
  "42P01": "a table of the outbox is gone, or was not made yet",
  "57014": "PostgreSQL took longer than the timeout",
};

/** Codes, or beginnings of them, of what may succeed when it is done again. */
const passing = [
  "08", // the connection broke
  "25006", // read-only: a standby that takes over in a moment
  "40001", // could not be serialised
  "40P01", // deadlock
  "53300", // too many connections
  "57P", // the server stops, crashed or starts
];

/** The five characters that PostgreSQL gives; `undefined` where the error is not its own. */
function codeOf(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === "string" && typeof severity === "string" && code.length === 5 ? code : undefined;
}

/**
 * Whether the same may succeed a moment later. What was asked may have been done all the same: a connection can break
 * between the commit and its answer.
 */
export function isPassing(error: unknown): boolean {
  if (isBeaconryError(error) || error instanceof TypeError) return false;
  const code = codeOf(error);
  return code === undefined || passing.some((beginning) => code.startsWith(beginning));
}

/**
 * Says in words what went wrong. The error itself is not kept: its details may quote rows, which are about people.
 */
export function toFault(error: unknown): BeaconryError {
  if (isBeaconryError(error)) return error;
  const { message = "" } = error as Error;
  const code = codeOf(error);
  if (error instanceof TypeError) return failed(message);
  if (code === undefined) return failed(`PostgreSQL can not be reached: ${message || wordsOf(error)}`);
  if (code === "53100") return new BeaconryError("outbox_full", "PostgreSQL's disk is full: nothing of this was kept");
  if (code === "42501") {
    return failed(
      `the role lacks a right (${message}): grant it what postgresSchema({ role }) does, or run that SQL as the owner`,
    );
  }
  return failed(`${meanings[code] ?? message} (PostgreSQL ${code})`);
}

/** Errors of several addresses at once have no message of their own. */
function wordsOf(error: unknown): string {
  const { errors = [], code } = error as { errors?: readonly Error[]; code?: unknown };
  return errors[0]?.message ?? String(code ?? "it failed");
}

function failed(message: string): BeaconryError {
  return new BeaconryError("outbox_failed", message);
}
