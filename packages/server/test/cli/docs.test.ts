import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { createProgram } from "../../src/cli/program.js";
import type { Terminal } from "../../src/cli/terminal.js";

const docs = readFileSync(new URL("../../../../docs/cli.md", import.meta.url), "utf8");

it("docs/cli.md names every command and every option", () => {
  const named = (command: Command): string[] => [
    ...command.commands.flatMap((one) => [one.name(), ...named(one)]),
    ...command.options.map(({ long }) => long ?? ""),
  ];
  const terminal = { style: (_: string, text: string) => text } as Terminal;
  const all = new Set(named(createProgram({ terminal, end: () => undefined })));
  expect(all.size).toBeGreaterThan(35);
  expect([...all].filter((name) => !new RegExp(`${name}\\b`).test(docs) && name !== "--version")).toEqual([]);
});
