import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { beaconry, command } from "./beaconry.js";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const commands = ["sandbox", "send", "check", "keys", "outbox status", "outbox dead", "outbox replay", "outbox purge"];

describe("beaconry", () => {
  it("says its version, which is the package's", async () => {
    expect(await beaconry(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  it("shows help when asked to on stdout, and without a command on stderr", async () => {
    const asked = await beaconry(["--help"]);
    expect(asked).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["sandbox", "send", "check", "keys", "outbox"]) expect(asked.stdout).toMatch(`  ${name} `);
    // One form for all of them.
    expect(
      asked.stdout
        .split("Commands:")[1]
        ?.match(/^ {2}\w+ .*/gm)
        ?.filter((line) => / {2}[A-Z]|\.$/.test(line)),
    ).toEqual([]);
    const without = await beaconry([]);
    expect(without).toMatchObject({ code: 2, stdout: "" });
    expect(without.stderr).toBe(asked.stdout);
  });

  it.each([...commands, "outbox move"])("%s has help with examples, and --json", async (name) => {
    const { code, stdout } = await beaconry([...name.split(" "), "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: beaconry ${name} `);
    expect(stdout).toMatch(/^ {2}--json /m);
    expect(stdout).toMatch(new RegExp(`Examples:\\n  beaconry ${name}\\b`));
  });

  it.each([
    [["chek", "x"], /^error: unknown command 'chek' \(Did you mean check\?\)\n$/],
    [
      ["help"],
      /^error: unknown command 'help'\. Accepted is sandbox, send, check, keys, outbox, .*funnel; see --help\n$/,
    ],
    [
      ["outbox", "list"],
      /^error: unknown command 'list'\. Accepted is status, dead, replay, purge, move; see --help\n$/,
    ],
    [["check"], /^error: missing required argument 'file'\n$/],
    [["check", "a", "b"], /^error: too many arguments/],
    [
      ["check", "x", "--vendor", "snap"],
      /--vendor <vendor>' argument 'snap' is invalid\. Allowed choices are meta, tiktok/,
    ],
    [["check", "x", "--at", "soon"], /--at <time>' argument 'soon' is invalid\. Accepted is an ISO 8601 date/],
    [["sandbox", "--port", "70000"], /--port <port>' argument '70000' is invalid\. Accepted is a whole number from 0/],
    [["keys"], /required option '--field <field>' not specified/],
    [["outbox", "dead", "--limit", "0"], /--limit <number>' argument '0' is invalid/],
    [["outbox", "status"], /^error: no outbox: give --outbox, or BEACONRY_OUTBOX in the environment/],
    [["outbox", "move", "--from", "x"], /^error: --from: there is no outbox at x\n$/],
  ])("%j is a wrong call: one line, and exit code 2", async (args, words) => {
    const { code, stdout, stderr } = await beaconry(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(words);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  it("tells programs of errors in JSON, on stderr", async () => {
    const { code, stdout, stderr } = await beaconry(["check", "nowhere.ndjson", "--json"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(JSON.parse(stderr)).toEqual({ error: { code: "usage", message: "there is no file nowhere.ndjson" } });
  });

  it("repeats no password of an address, wherever it stands", async () => {
    const address = "mongodb://shop:hunter2%21@db.example/shop?sslpassword=correcthorse";
    const runs = [
      await beaconry(["outbox", "status", "--outbox", address]),
      await beaconry(["outbox", "status", `--outbox=${address}`, "--json"]),
      await beaconry(["outbox", "status"], { env: { BEACONRY_OUTBOX: address } }),
      await beaconry(["outbox", "purge", address]),
      await beaconry([address]),
    ];
    for (const { code, stdout, stderr } of runs) {
      expect(code).toBe(2);
      expect(stdout + stderr).not.toMatch(/hunter2|correcthorse/);
    }
  });

  const escapeCode = String.fromCharCode(27);
  const onTerminal = async (line: string, env: NodeJS.ProcessEnv) => {
    const shell = [process.execPath, ...command, line].map((part) => `'${part}'`).join(" ");
    const more = { PATH: process.env.PATH, TERM: "xterm-256color", ...env };
    return (await promisify(execFile)("script", ["-qec", shell, "/dev/null"], { env: more })).stdout;
  };
  // Its `script` makes terminals; elsewhere the command of that name takes other options.
  it.runIf(process.platform === "linux")("has colours on a terminal only, and none under NO_COLOR", async () => {
    expect((await beaconry(["--help"])).stdout).not.toContain(escapeCode);
    expect(await onTerminal("--help", {})).toContain(`${escapeCode}[1mUsage:`);
    expect(await onTerminal("--help", { NO_COLOR: "1" })).not.toContain(escapeCode);
  });
});
