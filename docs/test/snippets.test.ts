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

  it("adds to a package's types, as a file of its own too, and does not replace them", () => {
    const augmenting = codeOfPages.flat().filter(({ code }) => code.includes("declare module"));
    expect(augmenting.length).toBeGreaterThan(0);
    expect(augmenting.filter(({ code }) => !/^(?:import|export) /m.test(code))).toEqual([]);
  });

  it("imports what it uses of vitest: its globals are not there by default", () => {
    const using = codeOfPages.flat().filter(({ code }) => /^(?:it|test|describe|afterEach)\(/m.test(code));
    expect(using.length).toBeGreaterThan(0);
    expect(using.filter(({ code }) => !code.includes('from "vitest"'))).toEqual([]);
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
