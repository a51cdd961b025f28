import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, type Snippet } from "./read-snippets.js";

/** A snippet as a module that can be compiled and run. */
export interface Module {
  snippet: Snippet;
  file: string;
}

/** Where the modules are: a project of its own, in which the packages are installed as they were built. */
export const folder = `${root}docs/.snippets`;

/** What the snippets take for granted; among them, so that it finds what they find. */
export const given = `${folder}/given.d.ts`;

const imports = /^import\s+(?:type\s+)?(?:(\w+)|\{([^}]*)\})\s+from\s+("[^"]+");?$/gm;

/**
 * Writes a module for each snippet. What earlier blocks of a page have imported, later ones have as well. A block that
 * has a TypeScript file's name is that file, in a folder of the page's, and stands alone.
 */
export function writeModules(pages: readonly (readonly Snippet[])[]): Module[] {
  rmSync(folder, { recursive: true, force: true });
  install();
  return pages.flatMap((snippets) => {
    const known = new Map<string, string>();
    return snippets.map((snippet) => {
      const { page, line, language, code, words } = snippet;
      const place = page.replace(/\W+/g, "-");
      const [, name] = /\[(.+\.ts)\]/.exec(words.join(" ")) ?? [];
      if (name) {
        const file = join(folder, place, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, `export {};\n${code}`);
        return { snippet, file };
      }
      const file = join(folder, `${place}-${line}.${language}`);
      const own = readImports(code);
      const inherited = [...known]
        .filter(([name]) => !own.has(name) && !declares(code, name) && new RegExp(`\\b${name}\\b`).test(code))
        .map(([, statement]) => statement);
      for (const [name, statement] of own) known.set(name, statement);
      // On one line, so that the lines of a message are those of the page.
      writeFileSync(file, `${inherited.join(" ")} export {};\n${code}`);
      return { snippet, file };
    });
  });
}

/** Each imported name, with a statement that imports it alone. */
function readImports(code: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const { 1: whole, 2: list = "", 3: from } of code.matchAll(imports)) {
    if (whole) found.set(whole, `import ${whole} from ${from};`);
    for (const entry of list.split(",").map((one) => one.trim())) {
      if (entry) found.set(entry.replace(/^type\s+|^\w+ as /g, ""), `import { ${entry} } from ${from};`);
    }
  }
  return found;
}

function declares(code: string, name: string): boolean {
  return new RegExp(`\\b(?:const|let|function|class|interface|type) ${name}\\b`).test(code);
}

/** The packages, and what the server's users have beside it. */
function install(): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@beaconry"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  copyFileSync(`${root}docs/test/given/given.d.ts`, given);
  for (const name of ["core", "pixel", "server"]) {
    symlinkSync(`${root}packages/${name}`, join(modules, "@beaconry", name), "dir");
  }
  const besides = `${root}packages/server/node_modules`;
  for (const name of readdirSync(besides)) {
    if (name !== "@beaconry" && !name.startsWith(".")) symlinkSync(join(besides, name), join(modules, name), "dir");
  }
}
