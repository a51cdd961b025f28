import { type Command, Option } from "commander";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";
import { userFields } from "./user-fields.js";

/** Adds `beaconry keys`. */
export function addKeysCommand(program: Command, { terminal, end }: CommandParts): void {
  program
    .command("keys")
    .summary("show how a person's value is sent")
    .description(
      "Shows how each vendor takes a value of a person's field: normalised, and hashed. Values come from stdin, one a " +
        "line; on a terminal you are asked for one, and it is not shown.",
    )
    .addOption(new Option("--field <field>", "the field").choices(userFields).makeOptionMandatory())
    .option("--country <country>", "the person's country, for phone, state and zip")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("beaconry keys --field email", "beaconry keys --field phone --country de < phones.txt"),
    )
    .action(async (options) => {
      const { showKeys } = await import("./show-keys.js");
      end(await showKeys(options, terminal));
    });
}
