import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A block of code in a page. */
export interface Snippet {
  /** Path below the repository's root. */
  page: string;
  /** Line of the page on which the code begins, from 1. */
  line: number;
  language: string;
  /** What stands behind the language: `run`, `foreign`, `[name of a file]`. */
  words: readonly string[];
  code: string;
}

/** Every page that people read: documents and READMEs, but for what is made from doc comments. */
export const pages = globSync(["*.md", "docs/**/*.md", "packages/*/*.md", "examples/*/*.md"], {
  cwd: root,
  exclude: ["docs/api/**", "docs/.vitepress/**", "**/node_modules/**"],
}).sort();

const fence = /^```(\w+)([^\n]*)\n(.*?)^```$/gms;

/** The blocks of a page, in their order. */
export function readSnippets(page: string): Snippet[] {
  const text = readFileSync(`${root}${page}`, "utf8");
  return [...text.matchAll(fence)].map(({ index, 1: language = "", 2: rest = "", 3: code = "" }) => ({
    page,
    line: text.slice(0, index).split("\n").length + 1,
    language,
    words: rest.trim().split(/\s+/).filter(Boolean),
    code,
  }));
}
