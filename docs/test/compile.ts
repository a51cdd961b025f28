import { readFileSync } from "node:fs";
import ts from "typescript";
import { root } from "./read-snippets.js";
import { given, type Module } from "./write-modules.js";

/** Type-checks the modules; says what is wrong, for each page, by the page's lines. */
export function compile(modules: readonly Module[]): Map<string, string[]> {
  // A page that declares events of its own declares them for its whole programme: it has one to itself.
  const own = new Set(modules.filter(({ snippet }) => snippet.code.includes("declare module")).map(pageOf));
  const groups = Map.groupBy(modules, (module) => (own.has(pageOf(module)) ? pageOf(module) : ""));
  const problems = new Map<string, string[]>();
  for (const group of groups.values()) compileTogether(group, problems);
  return problems;
}

function pageOf({ snippet }: Module): string {
  return snippet.page;
}

function compileTogether(modules: readonly Module[], problems: Map<string, string[]>): void {
  const program = ts.createProgram([...modules.map(({ file }) => file), given], {
    target: ts.ScriptTarget.ES2024,
    lib: ["lib.es2024.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: ["node"],
    typeRoots: [`${root}node_modules/@types`],
    strict: true,
    allowImportingTsExtensions: true,
    allowJs: true,
    checkJs: true,
    skipLibCheck: true,
    noEmit: true,
  });
  const byFile = new Map(modules.map(({ file, snippet }) => [file, snippet]));
  for (const { file, start = 0, messageText } of ts.getPreEmitDiagnostics(program)) {
    const snippet = byFile.get(file?.fileName ?? "");
    const line = file ? ts.getLineAndCharacterOfPosition(file, start).line : 0;
    const where = snippet ? `${snippet.page}:${snippet.line + line - 1}` : (file?.fileName ?? "");
    const code = file && snippet ? readFileSync(file.fileName, "utf8").split("\n")[line] : "";
    const page = snippet?.page ?? "given.d.ts";
    const problem = `${where} ${ts.flattenDiagnosticMessageText(messageText, " ")} | ${code}`;
    problems.set(page, [...(problems.get(page) ?? []), problem]);
  }
}
