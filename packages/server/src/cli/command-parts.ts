import { Option } from "commander";
import type { ExitCode } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";

/** What the definition of a command is given. */
export interface CommandParts {
  readonly terminal: Terminal;
  /** Is told the exit code of what was run. */
  readonly end: (code: ExitCode) => void;
}

/** Every command has it. */
export function jsonOption(): Option {
  return new Option("--json", "write JSON, for programs");
}

/** The end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`;
}
