import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { moment, whole } from "../arguments.js";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";

/** Adds `beaconry funnel`. */
export function addFunnelCommand(program: Command, { terminal, end }: CommandParts): void {
  program
    .command("funnel")
    .summary("show how people went through the funnel")
    .description(
      "Reads a journal and shows people in each stage, where they left, how long it took, and what it brought.",
    )
    .argument("<journal>", "the journal's file")
    .option("--days <number>", "the last days", whole(1, 3_650), 30)
    .option("--to <time>", "the end of these days (default: now)", moment)
    .option("--spend <amount>", "what was spent on ads in these days, such as 450EUR", spend)
    .option("--html <file>", "write the report as a page")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("beaconry funnel journal.db --days 28", "beaconry funnel journal.db --spend 450EUR --html report.html"),
    )
    .action(async (journal, options) => {
      const { showFunnel } = await import("./show-funnel.js");
      end(await showFunnel({ journal, ...options }, terminal));
    });
}

function spend(text: string): { amount: number; currency: string } {
  const [, amount, currency] = /^(\d+(?:\.\d+)?) ?([A-Z]{3})$/.exec(text) ?? [];
  if (amount === undefined || currency === undefined) {
    throw new InvalidArgumentError("Accepted is an amount with its currency, such as 450EUR.");
  }
  return { amount: Number(amount), currency };
}
