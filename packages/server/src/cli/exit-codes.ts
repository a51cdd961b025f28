import { isBeaconryError } from "@beaconry/core";

/** What the command's process ends with. */
export const exitCodes = {
  /** Done, and nothing is wrong. */
  ok: 0,
  /** What was asked for failed, or something is wrong with what was checked. */
  failed: 1,
  /** The command was called in a wrong way. */
  usage: 2,
  /** Whoever read the output stopped reading: as if by SIGPIPE. */
  brokenPipe: 141,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the command with one line. The message holds no token and nothing of a person. */
export class CliError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The command was called in a wrong way: the message names the option and says what is accepted. */
export function usageError(message: string): CliError {
  return new CliError(message, exitCodes.usage);
}

/**
 * An error of the SDK as one of the command: it names the option in the place of the function.
 * @param inWords changes what else the message names
 */
export function errorOf(option: string, error: unknown, inWords = (message: string) => message): unknown {
  if (!isBeaconryError(error)) return error;
  const exitCode = error.code === "invalid_option" ? exitCodes.usage : exitCodes.failed;
  return new CliError(inWords(error.message).replace(/^[\w.]+: /, `${option}: `), exitCode);
}
