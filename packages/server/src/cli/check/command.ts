import { type Command, Option } from "commander";
import { moment } from "../arguments.js";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";

/** Adds `beaconry check`. */
export function addCheckCommand(program: Command, { terminal, end }: CommandParts): void {
  program
    .command("check")
    .summary("find what is wrong with events in a file")
    .description(
      "Says of every line of a file what a vendor would refuse (error) or count for less (warning). Each line is an " +
        "event as JSON.",
    )
    .argument("<file>", "newline-delimited JSON; - is stdin")
    .addOption(
      new Option("--vendor <vendor>", "only this one (default: all that take events of the source)").choices([
        "meta",
        "tiktok",
      ]),
    )
    .addOption(
      new Option("--apps-by <api>", "Meta's API for events of apps")
        .choices(["appEvents", "conversions"])
        .default("appEvents"),
    )
    .addOption(new Option("--at <time>", "when the events are sent (default: now)").argParser(moment))
    .option("--no-age", "do not judge how old events are")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("beaconry check orders.ndjson", "zcat orders.ndjson.gz | beaconry check - --vendor meta --json"),
    )
    .action(async (file, options) => {
      const { checkFile } = await import("./check.js");
      end(await checkFile(file, options, terminal));
    });
}
