import { Command } from "commander";
import { addAccountsCommand } from "./accounts/command.js";
import { addAudienceCommands } from "./audience/command.js";
import { addCheckCommand } from "./check/command.js";
import type { CommandParts } from "./command-parts.js";
import { addConnectCommands } from "./connect/command.js";
import { addFunnelCommand } from "./funnel/command.js";
import { addKeysCommand } from "./keys/command.js";
import { addLeadsCommands } from "./leads/command.js";
import { addOutboxCommands } from "./outbox/commands.js";
import { addSandboxCommand } from "./sandbox/command.js";
import { addSendCommand } from "./send/command.js";
import { readVersion } from "./version.js";

const help = `
Exit codes: 0 done and nothing wrong, 1 something failed or was found wrong,
2 called in a wrong way. Every command takes --json, for programs.
Colours only on a terminal, and never under NO_COLOR.`;

/**
 * The command with all its parts; each loads its code when it is run, so that help comes at once. Throws commander's
 * errors instead of ending the process.
 */
export function createProgram(parts: CommandParts): Command {
  const program = new Command("beaconry")
    .description("Tells TikTok and Meta what happened. Tools to try it, check it and look after it.")
    .version(readVersion(), "-V, --version", "show the version")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => undefined })
    .configureHelp({ styleTitle: (title) => parts.terminal.style("bold", title) })
    .addHelpText("after", help);
  addSandboxCommand(program, parts);
  addSendCommand(program, parts);
  addCheckCommand(program, parts);
  addKeysCommand(program, parts);
  addOutboxCommands(program, parts);
  addConnectCommands(program, parts);
  addAccountsCommand(program, parts);
  addAudienceCommands(program, parts);
  addLeadsCommands(program, parts);
  addFunnelCommand(program, parts);
  return program;
}
