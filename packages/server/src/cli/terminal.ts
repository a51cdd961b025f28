import { once } from "node:events";
import { styleText } from "node:util";
import { exitCodes } from "./exit-codes.js";
import { createProgress, type Progress } from "./progress.js";

/** A colour or weight of `styleText`. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Where a command writes: results to stdout, everything else to stderr. */
export interface Terminal {
  /** A line to stdout. Resolves when there is room for more. */
  print(line?: string): Promise<void>;
  /** A line to stderr. */
  note(line: string): void;
  /** The text in a style; plain where stdout is no terminal, or under `NO_COLOR`. */
  style(style: Style, text: string): string;
  /** The same for stderr. */
  styleNote(style: Style, text: string): string;
  /** Whether somebody sits there who can be asked. */
  readonly canAsk: boolean;
  /** Starts a progress bar on stderr; it is seen on a terminal only, and once the work has taken a while. */
  progress(what: string, total: number): Progress;
}

/** The process' own. A reader that goes away, such as `head`, ends the process in silence. */
export function createTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  let bar: Progress | undefined;
  const styled = (stream: NodeJS.WriteStream) => (style: Style, text: string) => styleText(style, text, { stream });

  stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(exitCodes.brokenPipe);
    stderr.write(`error: the output can not be written: ${code}\n`);
    process.exit(exitCodes.failed);
  });
  stderr.on("error", () => undefined);

  return {
    async print(line = "") {
      if (stdout.isTTY) bar?.hide();
      if (!stdout.write(`${line}\n`)) await once(stdout, "drain");
    },
    note(line) {
      bar?.hide();
      stderr.write(`${line}\n`);
    },
    style: styled(stdout),
    styleNote: styled(stderr),
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    progress(what, total) {
      bar = createProgress(what, total);
      return bar;
    },
  };
}
