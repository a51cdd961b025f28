import { type Command, Option } from "commander";
import { address } from "../arguments.js";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";
import { defaultConfig } from "../connect/command.js";

/** Adds `beaconry accounts`. */
export function addAccountsCommand(program: Command, { terminal, end }: CommandParts): void {
  program
    .command("accounts")
    .summary("list the ad accounts at TikTok")
    .description("Lists the ad accounts of whoever connected, with what their status means.")
    .option("--search <text>", "part of the name, or the id")
    .option("--status <status>", "such as STATUS_ENABLE")
    .option("--role <role>", "such as ROLE_ADVERTISER")
    .option("--usable", "only those that can be used")
    .option("--config <file>", "what beaconry connect wrote", defaultConfig)
    .addOption(new Option("--sandbox <address>", "at a sandbox in the place of TikTok").argParser(address))
    .addOption(jsonOption())
    .addHelpText("after", examples("beaconry accounts --usable", "beaconry accounts --search shop --json"))
    .action(async (options) => {
      const { listAccounts } = await import("./list-accounts.js");
      end(await listAccounts(options, terminal));
    });
}
