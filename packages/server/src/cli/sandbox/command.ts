import { type Command, Option } from "commander";
import { faultKinds } from "../../sandbox/faults/kinds.js";
import { several, whole } from "../arguments.js";
import { type CommandParts, examples, jsonOption } from "../command-parts.js";
import { defaultPort } from "./settings.js";

/** Adds `beaconry sandbox`. */
export function addSandboxCommand(program: Command, { terminal, end }: CommandParts): void {
  program
    .command("sandbox")
    .summary("run TikTok and Meta on this machine")
    .description("Runs both vendors' endpoints on this machine until Ctrl+C, and prints the settings to paste.")
    .addOption(
      new Option("-p, --port <port>", "port; 0 is any free one").argParser(whole(0, 65_535)).default(defaultPort),
    )
    .addOption(new Option("--seed <number>", "decides what faults draw by chance").argParser(whole(0)))
    .addOption(
      new Option("--fault <fault>", "what goes wrong, see below; may be given several times")
        .argParser(several)
        .default([], "none"),
    )
    .addOption(jsonOption())
    .addHelpText("after", faultHelp())
    .addHelpText(
      "after",
      examples(
        "beaconry sandbox",
        "beaconry sandbox --fault latency,delay=100-400",
        "beaconry sandbox --seed 7 --fault rateLimit,endpoint=tiktok.events,probability=0.1",
        "beaconry sandbox --fault serverError,status=503,count=3 --json",
        "beaconry sandbox --fault cut,when=after,path=/dmp/custom_audience/create/,count=1",
      ),
    )
    .action(async (options) => {
      const { runSandbox } = await import("./run-sandbox.js");
      end(await runSandbox(options, terminal));
    });
}

function faultHelp(): string {
  const kinds = Object.entries(faultKinds).map(([kind, { meaning }]) => `  ${kind.padEnd(15)} ${meaning}`);
  return [
    "",
    "A fault is a kind with fields, or JSON. Of every kind: endpoint, path, count, probability.",
    ...kinds,
  ].join("\n");
}
