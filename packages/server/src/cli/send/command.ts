import { type Command, Option } from "commander";
import { address, several } from "../arguments.js";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";
import { defaultPort } from "../sandbox/settings.js";
import { sampleSources } from "./sample-event.js";

/** Adds `beaconry send`. */
export function addSendCommand(program: Command, { terminal, end }: CommandParts): void {
  program
    .command("send")
    .summary("send one test event")
    .description("Sends one test event to a vendor or a sandbox, and says in words what came back.")
    .argument("<event>", "its name, such as Purchase: see docs/events.md")
    .addOption(
      new Option("--source <source>", "where it happened (default: web, or app for events of apps)").choices(
        sampleSources,
      ),
    )
    .addOption(
      new Option("--set <name=value>", "a property; may be given several times")
        .argParser(several)
        .default([], "samples"),
    )
    .option("--event <file>", "JSON with properties, user, context, consent, id, time; - is stdin")
    .addOption(jsonOption())
    .optionsGroup("Where to:")
    .addOption(
      new Option("--sandbox [address]", "a sandbox, both vendors")
        .argParser(address)
        .preset(`http://127.0.0.1:${defaultPort}`),
    )
    .option("--pixel-code <code>", "TikTok Events API, events of a site")
    .option("--tiktok-app-id <id>", "TikTok Events API, events of an app")
    .option("--offline-event-set-id <id>", "TikTok Events API, events of a store")
    .option("--crm-event-set-id <id>", "TikTok Events API, events of a CRM")
    .option("--dataset-id <id>", "Meta Conversions API")
    .option("--app-id <id>", "Meta App Events API")
    .option("--tiktok-test-code <code>", 'code under "Test events" in TikTok Events Manager')
    .option("--meta-test-code <code>", 'code under "Test events" in Meta Events Manager')
    .option("--live", "send without a test code: the event counts")
    .optionsGroup("Tokens, from the environment (TIKTOK_TOKEN, META_TOKEN, META_APP_SECRET) or from files:")
    .option("--tiktok-token-file <file>", "- is stdin")
    .option("--meta-token-file <file>", "- is stdin")
    .option("--app-secret-file <file>", "- is stdin")
    .addHelpText(
      "after",
      examples(
        "beaconry send Purchase --sandbox",
        "beaconry send Purchase --sandbox --event - < event.json",
        "beaconry send ViewContent --pixel-code C0… --tiktok-test-code TEST123",
        "beaconry send Purchase --dataset-id 1… --meta-test-code TEST123 --set value=5 --set currency=USD",
      ),
    )
    .action(async (name, options) => {
      const { send } = await import("./send.js");
      end(await send(name, options, terminal));
    });
}
