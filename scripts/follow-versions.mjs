// Part of `pnpm run release:version`: the examples, which are no part of the workspace, ask for the packages as they are.
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const read = (file) => JSON.parse(readFileSync(`${root}${file}`, "utf8"));
const versions = new Map(
  globSync("packages/*/package.json", { cwd: root }).map((file) => [read(file).name, read(file).version]),
);

for (const file of globSync("examples/*/package.json", { cwd: root })) {
  const text = readFileSync(`${root}${file}`, "utf8");
  const followed = text.replace(/"(@beaconry\/\w+)": "\^[^"]*"/g, (_, name) => `"${name}": "^${versions.get(name)}"`);
  if (followed !== text) writeFileSync(`${root}${file}`, followed);
}
