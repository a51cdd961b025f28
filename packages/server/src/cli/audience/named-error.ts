import { isBeaconryError } from "@beaconry/core";
import { usageError } from "../exit-codes.js";

/** What an option of `syncAudience` and `scheduleAudience` is called on a command line. */
const names: Readonly<Record<string, string>> = {
  accountId: "--account",
  "audience.name": "--name",
  "audience.id": "--id",
  retentionDays: "--retention",
  state: "--state",
  csv: "--csv",
  "csv.path": "--csv",
  "schedule.at": "--at",
  "schedule.cron": "--cron",
  "schedule.timeZone": "--time-zone",
};

/** An error of a run as one of the command: it names the command's option in the place of the function's. */
export function namedError(error: unknown): unknown {
  if (!isBeaconryError(error) || error.code !== "invalid_option") return error;
  const message = error.message
    .replace(/^\w+Audience: /, "")
    .replace(/^[\w.]+/, (name) => names[name] ?? name)
    // What only a programmer can name so.
    .replace(/(?:, which columns\.\w+ names|: name them with columns)$/, ": see --column");
  return usageError(message);
}
