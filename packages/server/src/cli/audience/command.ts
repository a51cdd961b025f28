import { type Command, InvalidArgumentError, Option } from "commander";
import { audienceSchemas } from "../../tiktok-business/audiences/schema.js";
import { address, moment, several } from "../arguments.js";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";
import { defaultConfig } from "../connect/command.js";

/** Adds `beaconry audience` and what it can do. */
export function addAudienceCommands(program: Command, { terminal, end }: CommandParts): void {
  const audience = program
    .command("audience")
    .summary("bring people to audiences at TikTok")
    .description("Brings people to custom audiences at TikTok, and shows how these stand.")
    .helpCommand(false);
  const onTikTok = (name: string, summary: string, more = "") =>
    audience
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.${more && ` ${more}`}`)
      .option("--account <id>", "the ad account (default: that of the configuration)")
      .option("--config <file>", "what beaconry connect wrote", defaultConfig)
      .addOption(new Option("--sandbox <address>", "at a sandbox in the place of TikTok").argParser(address))
      .addOption(jsonOption());

  onTikTok(
    "sync",
    "make or change an audience of the people in a CSV or a journal",
    "People are checked, hashed on this machine and uploaded. Stopped anywhere, run it again: it goes on. The token " +
      "comes from beaconry connect or BEACONRY_TIKTOK_ACCESS_TOKEN.",
  )
    .option("--csv <file>", "people in a CSV with titles in its first row")
    .addOption(
      new Option(
        "--column <field=title>",
        "which column has email, phone, country, idfa, gaid; may be given several times",
      )
        .argParser(several)
        .default([], "by usual titles"),
    )
    .option("--journal <file>", "people in a journal")
    .addOption(
      new Option("--include <event:days>", "of a journal who did this, such as AddToCart:14d; several: all of them")
        .argParser(several)
        .default([], "none"),
    )
    .addOption(
      new Option("--exclude <event:days>", "but not who did this; several: none of them")
        .argParser(several)
        .default([], "none"),
    )
    .option("--rule <file>", "an audience rule as JSON, in the place of --include and --exclude")
    .option("--name <name>", "the audience's name; it is made if there is none")
    .option("--id <id>", "the audience's id")
    .addOption(
      new Option("--action <action>", "what becomes of the audience")
        .choices(["append", "replace", "remove"])
        .default("replace"),
    )
    .addOption(
      new Option("--schema <schema>", "by what people are known")
        .choices(Object.keys(audienceSchemas))
        .default("multiple"),
    )
    .option("--plain-emails", "hash e-mail addresses without dots and +tag before the @")
    .option("--retention <days>", "an audience that is made expires after so many days", days)
    .option("--wait", "wait until ads can use the audience, up to two days")
    .option("--state <folder>", "keeps what is done, and the log (default: below .beaconry beside the configuration)")
    .option("--at <time>", "run once at this time", moment)
    .option("--cron <pattern>", 'run again and again, such as "0 2 * * *", until Ctrl+C')
    .option("--time-zone <zone>", "of the pattern, such as Europe/Berlin (default: UTC)")
    .addHelpText(
      "after",
      examples(
        'beaconry audience sync --csv customers.csv --name "Customers"',
        "beaconry audience sync --csv gone.csv --column email=Mail --id 7300000000000000001 --action remove",
        'beaconry audience sync --journal journal.db --include AddToCart:14d --exclude Purchase:14d --name "Carts"',
        'beaconry audience sync --csv customers.csv --name "Customers" --cron "0 2 * * *" --time-zone Europe/Berlin',
      ),
    )
    .action(async (options) => {
      const { syncFromCommand } = await import("./sync.js");
      end(await syncFromCommand(options, terminal));
    });
  onTikTok("list", "list the audiences of the account, and whether ads can use them")
    .addHelpText("after", examples("beaconry audience list", "beaconry audience list --json"))
    .action(async (options) => {
      const { listAudiences } = await import("./list.js");
      end(await listAudiences(options, terminal));
    });
  audience
    .command("history")
    .summary("show the runs of an audience")
    .description("Shows the runs of an audience from this machine: when, how many people, TikTok's ids, what failed.")
    .option("--name <name>", "the audience's name, as for sync")
    .option("--id <id>", "the audience's id, as for sync")
    .option("--account <id>", "the ad account (default: that of the configuration)")
    .option("--config <file>", "what beaconry connect wrote", defaultConfig)
    .addOption(new Option("--sandbox <address>", "runs at a sandbox").argParser(address))
    .option("--state <folder>", "the folder, as for sync")
    .addOption(jsonOption())
    .addHelpText("after", examples('beaconry audience history --name "Customers"'))
    .action(async (options) => {
      const { showHistory } = await import("./history.js");
      end(await showHistory(options, terminal));
    });
}

function days(text: string): number {
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 365) return number;
  throw new InvalidArgumentError("Accepted is a whole number from 1 to 365.");
}
