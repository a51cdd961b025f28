import { type Command, Option } from "commander";
import { whole } from "../arguments.js";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";
import { deadReasons } from "./options.js";

/** Adds `beaconry outbox` and what it can do. */
export function addOutboxCommands(program: Command, { terminal, end }: CommandParts): void {
  const outbox = program
    .command("outbox")
    .summary("look after what waits to be delivered")
    .description(
      "Shows and moves what an outbox holds. An outbox is a path (beaconry.db) or an address (postgres://…, nats://…).",
    )
    .helpCommand(false);
  const onOutbox = (name: string, summary: string, more = "") =>
    outbox
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.${more && ` ${more}`}`)
      .option("--outbox <outbox>", "path or address (default: BEACONRY_OUTBOX of the environment)")
      .addOption(jsonOption());
  const onDead = (name: string, summary: string, more = "") =>
    onOutbox(name, summary, more)
      .option("--destination <name>", "only of this destination")
      .addOption(new Option("--reason <reason>", "only for this reason").choices(deadReasons));

  onOutbox("status", "show what waits for each destination and since when, and what is dead")
    .addHelpText("after", examples("beaconry outbox status --outbox beaconry.db"))
    .action(async (options) => {
      const { showStatus } = await import("./status.js");
      end(await showStatus(options, terminal));
    });
  onDead("dead", "list dead letters with the vendor's words, oldest first")
    .addOption(new Option("--limit <number>", "most letters").argParser(whole(1)).default(100))
    .option("--after <key>", "only those after this one")
    .option("--bodies", "show what was sent too: hashes, addresses, device ids")
    .addHelpText("after", examples("beaconry outbox dead --outbox beaconry.db --destination meta --reason refused"))
    .action(async (options) => {
      const { listDead } = await import("./dead.js");
      end(await listDead(options, terminal));
    });
  onDead(
    "replay",
    "put dead letters back, to be delivered under the same ids",
    "What is too old for the vendor stays dead.",
  )
    .addHelpText("after", examples("beaconry outbox replay --outbox beaconry.db --reason attempts"))
    .action(async (options) => {
      const { replayDead } = await import("./replay.js");
      end(await replayDead(options, terminal));
    });
  onDead("purge", "delete dead letters, once you have said yes")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", examples("beaconry outbox purge --outbox beaconry.db --reason expired --yes"))
    .action(async (options) => {
      const { purgeDead } = await import("./purge.js");
      end(await purgeDead(options, terminal));
    });
  outbox
    .command("move")
    .summary("move what waits and what is dead into another outbox")
    .description(
      "Moves what waits and what is dead into another outbox, with ids, attempts and due times. Stop what delivers " +
        "from the first one before. Nothing leaves it until the other has it: broken off, run it again.",
    )
    .option("--from <outbox>", "path or address (default: BEACONRY_OUTBOX of the environment)")
    .option("--to <outbox>", "path or address (default: BEACONRY_OUTBOX_TO of the environment)")
    .addOption(jsonOption())
    .addHelpText("after", examples("beaconry outbox move --from beaconry.db --to postgres://…"))
    .action(async (options) => {
      const { moveOutbox } = await import("./move.js");
      end(await moveOutbox(options, terminal));
    });
}
