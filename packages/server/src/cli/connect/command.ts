import type { Command } from "commander";
import { address, whole } from "../arguments.js";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";

/** Where the configuration is, unless said otherwise. */
export const defaultConfig = "beaconry.config.json";

/** Adds `beaconry connect`. */
export function addConnectCommands(program: Command, { terminal, end }: CommandParts): void {
  const connect = program
    .command("connect")
    .summary("connect an ad account")
    .description("Connects an ad account.")
    .helpCommand(false);
  connect
    .command("tiktok")
    .summary("sign in at TikTok, pick the ad account and the pixel")
    .description(
      "Signs in at TikTok for Business, picks or creates the ad account, says how it stands, picks the pixel, and writes " +
        "them down. What is done already is not asked again. The token goes into .beaconry/ beside the configuration, " +
        "readable by you only. The app's secret comes from TIKTOK_APP_SECRET, or you are asked for it.",
    )
    .option("--app-id <id>", "your app at TikTok for Business")
    .option("--port <number>", "port on this machine to which TikTok sends the browser back", whole(0, 65_535), 7_460)
    .option("--account <name or id>", "the ad account")
    .option("--new-account <file>", "make an account of what this JSON file says")
    .option("--pixel <name or code>", "the pixel")
    .option("--config <file>", "what is written", defaultConfig)
    .option("--again", "sign in even though there is a token")
    .option("--sandbox <address>", "at a sandbox in the place of TikTok", address)
    .addOption(jsonOption())
    .addHelpText(
      "after",
      examples("beaconry connect tiktok --app-id 7012345678901234567", 'beaconry connect tiktok --account "My Shop"'),
    )
    .action(async (options) => {
      const { connect: run } = await import("./connect.js");
      end(await run(options, terminal));
    });
}
