import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { compile } from "./compile.js";
import { pages, readSnippets } from "./read-snippets.js";
import { folder, writeModules } from "./write-modules.js";

const languages = ["ts", "js"];
const codeOfPages = pages.map((page) =>
  readSnippets(page).filter(({ language, words }) => languages.includes(language) && !words.includes("foreign")),
);
const modules = writeModules(codeOfPages);

describe("code in the documents", () => {
  let problems: Map<string, string[]>;
  beforeAll(() => {
    problems = compile(modules);
  }, 120_000);

  it("takes nothing for granted that is not there", () => {
    expect(problems.get("given.d.ts")).toBeUndefined();
  });

  const pagesWithCode = [...new Set(modules.map(({ snippet }) => snippet.page))];
  it.each(pagesWithCode)("compiles: %s", (page) => {
    expect(problems.get(page)?.join("\n") ?? "").toBe("");
  });
});

describe("code that is marked `run`", () => {
  const runnable = modules.filter(({ snippet }) => snippet.words.includes("run"));

  it.each(runnable.map(({ snippet, file }) => [`${snippet.page}:${snippet.line}`, file, snippet] as const))(
    "prints what it says: %s",
    async (_place, file, { code }) => {
      const expected = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text);
      expect(expected).not.toEqual([]);
      const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: folder });
      expect(stdout.trimEnd().split("\n")).toEqual(expected);
    },
  );
});
