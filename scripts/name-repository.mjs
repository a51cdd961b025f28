// `pnpm run name-repository URL`: writes into each package where its source is. npm compares that with the provenance.
import { readFileSync, writeFileSync } from "node:fs";

const [, , url] = process.argv;
if (!URL.canParse(url ?? "")) throw new Error("usage: name-repository URL");
for (const name of ["core", "pixel", "server"]) {
  const file = new URL(`../packages/${name}/package.json`, import.meta.url);
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  manifest.repository = { type: "git", url: `git+${url}.git`, directory: `packages/${name}` };
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
