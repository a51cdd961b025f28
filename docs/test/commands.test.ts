import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { pages, root } from "./read-snippets.js";

const call = /npx (?:-p @beaconry\/server )?beaconry((?: [a-z|]+(?![\w.:/]))+)([^\n`]*)/g;

/** Every call of the command that a page shows, by its part (`outbox move`), with the options that it uses. */
const calls = pages.flatMap((page) => {
  const text = readFileSync(`${root}${page}`, "utf8");
  return [...text.matchAll(call)].flatMap(({ 1: words = "", 2: rest = "" }) => {
    const options = rest.match(/--[a-z-]+/g) ?? [];
    return expand(words.trim().split(" ")).map((part) => [part, page, options] as const);
  });
});

describe("calls of the command in the documents", () => {
  it.each(calls)("beaconry %s, in %s, has the options %j", async (part, _page, options) => {
    const command = `${root}packages/server/dist/cli.js`;
    const { stdout } = await promisify(execFile)(process.execPath, [command, ...part.split(" "), "--help"]);
    expect(stdout).toContain(`Usage: beaconry ${part}`);
    const known = stdout.match(/--[a-z-]+/g);
    for (const option of options) expect(known).toContain(option);
  });
});

/** `outbox status|dead` are two. */
function expand(words: readonly string[]): string[] {
  return words.reduce<string[]>(
    (parts, word) => parts.flatMap((part) => word.split("|").map((one) => `${part} ${one}`.trim())),
    [""],
  );
}
