import { isBeaconryError } from "@beaconry/core";
import { type Command, CommanderError } from "commander";
import { CliError, type ExitCode, exitCodes } from "./exit-codes.js";
import { findSecrets, maskSecrets } from "./mask-secrets.js";
import { createProgram } from "./program.js";
import { createTerminal } from "./terminal.js";

/** Runs the command with these arguments; gives its exit code. Never rejects. */
export async function run(args: readonly string[]): Promise<ExitCode> {
  const terminal = createTerminal();
  const secrets = findSecrets(args, process.env);
  const json = args.includes("--json");
  let exitCode: ExitCode = exitCodes.ok;
  const end = (code: ExitCode) => {
    exitCode = code;
  };
  const fail = (message: string, code: ExitCode) => {
    const masked = maskSecrets(message, secrets);
    const line = JSON.stringify({ error: { code: code === exitCodes.usage ? "usage" : "failed", message: masked } });
    terminal.note(json ? line : `${terminal.styleNote("red", "error:")} ${masked}`);
    return code;
  };
  const program = createProgram({ terminal, end });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help and version have been shown; without a command the help has been as well.
      if (error.exitCode === 0) return exitCodes.ok;
      if (error.code === "commander.help") return exitCodes.usage;
      const message = error.message.replace(/^error: /, "");
      const isUnknown = error.code === "commander.unknownCommand" && !message.includes("Did you mean");
      return fail(isUnknown ? `${message}. ${acceptedCommands(program, args)}` : message, exitCodes.usage);
    }
    if (error instanceof CliError) return fail(error.message, error.exitCode);
    const isOption = isBeaconryError(error) && error.code === "invalid_option";
    return fail(error instanceof Error ? error.message : String(error), isOption ? exitCodes.usage : exitCodes.failed);
  }
}

/** The commands at the place where none of them was called. */
function acceptedCommands(program: Command, args: readonly string[]): string {
  let place = program;
  for (const arg of args) place = place.commands.find((command) => command.name() === arg) ?? place;
  return `Accepted is ${place.commands.map((command) => command.name()).join(", ")}; see --help`;
}
