import { type Command, Option } from "commander";
import { address, whole } from "../arguments.js";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";
import { defaultConfig } from "../connect/command.js";

/** Adds `beaconry leads`. */
export function addLeadsCommands(program: Command, { terminal, end }: CommandParts): void {
  const leads = program
    .command("leads")
    .summary("get leads of TikTok's instant forms, and send them on")
    .description("Leads of TikTok's instant forms: personal data in the clear.")
    .helpCommand(false);
  const config = () => new Option("--config <file>", "what beaconry connect wrote").default(defaultConfig);
  const sandbox = () => new Option("--sandbox <address>", "at a sandbox in the place of TikTok").argParser(address);
  const account = () => new Option("--account <id>", "the ad account; default: the connected one");
  const forms = () => new Option("--forms <file>", "how the forms' answers are read, as JSON: see docs/leads.md");
  const out = () => new Option("--out <file>", "write all of them, one JSON object a line, readable by you only");

  leads
    .command("subscribe")
    .summary("have TikTok send new leads to an address")
    .description(
      "Has TikTok send new leads to an address, where your leadWebhook answers. The app's secret comes from " +
        "TIKTOK_APP_SECRET, or you are asked for it.",
    )
    .requiredOption("--callback <url>", "the address, with a part that nobody can guess")
    .option("--form <id>", "the leads of this form only")
    .addOption(account())
    .addOption(config())
    .addOption(sandbox())
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("beaconry leads subscribe --callback https://shop.example/leads/9f86d081884c7d659a2f"),
    )
    .action(async (options) => {
      const { subscribe } = await import("./subscriptions.js");
      end(await subscribe(options, terminal));
    });
  leads
    .command("subscriptions")
    .summary("list where TikTok sends the app's leads")
    .description("Lists where TikTok sends the app's leads. The app's secret comes from TIKTOK_APP_SECRET.")
    .addOption(config())
    .addOption(sandbox())
    .addOption(jsonOption())
    .action(async (options) => {
      const { listSubscriptions } = await import("./subscriptions.js");
      end(await listSubscriptions(options, terminal));
    });
  leads
    .command("unsubscribe")
    .summary("end a subscription")
    .description("Ends a subscription. The app's secret comes from TIKTOK_APP_SECRET.")
    .argument("<id>", "as beaconry leads subscriptions shows it")
    .addOption(config())
    .addOption(sandbox())
    .addOption(jsonOption())
    .action(async (id, options) => {
      const { unsubscribe } = await import("./subscriptions.js");
      end(await unsubscribe(id, options, terminal));
    });
  leads
    .command("test")
    .summary("make a form's test lead")
    .description("Makes a form's test lead, in the place of an earlier one. Subscriptions send it as any other.")
    .requiredOption("--form <id>", "the form")
    .addOption(account())
    .addOption(config())
    .addOption(sandbox())
    .addOption(jsonOption())
    .action(async (options) => {
      const { makeTestLead } = await import("./test-lead.js");
      end(await makeTestLead(options, terminal));
    });
  leads
    .command("download")
    .summary("get all leads of a form or an ad")
    .description("Has TikTok write a file of all leads of a form or an ad, waits for it, and shows them.")
    .option("--form <id>", "the form …")
    .option("--ad <id>", "… or the ad")
    .addOption(new Option("--region <region>", "where TikTok keeps them: asked for apart").choices(["eu", "us"]))
    .addOption(forms())
    .addOption(out())
    .addOption(account())
    .addOption(config())
    .addOption(sandbox())
    .addOption(jsonOption())
    .addHelpText("after", examples("beaconry leads download --form 7300000000000000001 --region eu --out leads.jsonl"))
    .action(async (options) => {
      const { downloadLeads } = await import("./download.js");
      end(await downloadLeads(options, terminal));
    });
  leads
    .command("import")
    .summary("read a file of TikTok's Leads Center")
    .description("Reads a CSV or ZIP of TikTok's Leads Center, and shows the leads in it.")
    .argument("<file>", "the CSV or ZIP, - for stdin")
    .option("--form <id>", "the form of all its leads, where the file does not say")
    .option("--id-column <title>", "the column with the leads' ids, where its title is unusual")
    .addOption(forms())
    .addOption(out())
    .addOption(jsonOption())
    .addHelpText("after", examples("beaconry leads import leads.zip --out leads.jsonl"))
    .action(async (file, options) => {
      const { importLeads } = await import("./import.js");
      end(await importLeads(file, options, terminal));
    });
  leads
    .command("forward")
    .summary("send leads on to a URL, until it has them all")
    .description(
      "Keeps the leads of a file in an outbox of their own and sends them on to a URL. Without a file it sends what " +
        "still waits. It can be stopped anywhere and started anew. What requests are signed with comes from " +
        "LEADS_SECRET, and what the outbox is encrypted with from LEADS_KEY (64 hex digits; without it, it is not).",
    )
    .argument("[file]", "a CSV, a ZIP, or what --out wrote (.jsonl); - for a CSV or ZIP from stdin")
    .requiredOption("--to <url>", "where to, by POST; http: on this machine only")
    .option("--outbox <file>", "the outbox", ".beaconry/leads.db")
    .option("--form <id>", "the form of all its leads, where the file does not say")
    .option("--id-column <title>", "the column with the leads' ids, where its title is unusual")
    .addOption(forms())
    .option("--replay", "put back what was given up before")
    .option("--wait <seconds>", "how long to try", whole(0, 86_400), 60)
    .addOption(jsonOption())
    .addHelpText("after", examples("beaconry leads forward leads.jsonl --to https://crm.example/leads"))
    .action(async (file, options) => {
      const { forwardLeads } = await import("./forward.js");
      end(await forwardLeads(file, options, terminal));
    });
}
