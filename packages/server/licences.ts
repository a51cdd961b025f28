import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Plugin } from "esbuild";

/** Writes the licences of every package that went into a bundle into one file, as they ask for. */
export function licences(file: string): Plugin {
  return {
    name: "licences",
    setup(build) {
      build.initialOptions.metafile = true;
      build.onEnd(async ({ metafile }) => {
        const folders = new Set(Object.keys(metafile?.inputs ?? {}).flatMap(packageFolder));
        const texts = await Promise.all([...folders].sort().map(licenceOf));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, `The page of Beaconry's sandbox contains these packages.\n\n${texts.join("\n\n")}`);
      });
    },
  };
}

function packageFolder(input: string): string[] {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.slice(0, 1) ?? [];
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  if (file === undefined) throw new Error(`${name} has no licence file: it can not be bundled`);
  return `--- ${name} ${version}, ${license}\n\n${(await readFile(join(folder, file), "utf8")).trim()}\n`;
}
