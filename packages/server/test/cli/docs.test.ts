import { globSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { expect, it } from "vitest";
import { createProgram } from "../../src/cli/program.js";
import type { Terminal } from "../../src/cli/terminal.js";

const folder = new URL("../../../../docs/", import.meta.url);
const docs = globSync("*.md", { cwd: folder.pathname })
  .map((name) => readFileSync(new URL(name, folder), "utf8"))
  .join("\n");

it("the documentation names every command and every option", () => {
  const named = (command: Command): string[] => [
    ...command.commands.flatMap((one) => [one.name(), ...named(one)]),
    ...command.options.map(({ long }) => long ?? ""),
  ];
  const terminal = { style: (_: string, text: string) => text } as Terminal;
  const all = new Set(named(createProgram({ terminal, end: () => undefined })));
  expect(all.size).toBeGreaterThan(35);
  expect([...all].filter((name) => !new RegExp(`${name}\\b`).test(docs) && name !== "--version")).toEqual([]);
});
