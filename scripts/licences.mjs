// `pnpm run licences`: the licences of everything that users of the packages install or get inside them.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inPackedProject } from "./packed.mjs";

/** What anybody may use in a product of any kind. None of them asks for a notice of what is not copied into our files. */
const allowed = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "ISC",
  "MIT",
  "Unlicense",
]);

const root = fileURLToPath(new URL("../", import.meta.url));

const found = [...(await inPackedProject(["core", "pixel", "server"], installed)), ...bundled()];
const refused = found.filter(({ licence }) => !isAllowed(licence));
for (const { name, licence, how } of refused) console.error(`${name} (${how}): ${licence} is not on the list`);
const counts = Map.groupBy(found, ({ licence }) => licence);
console.log([...counts].map(([licence, packages]) => `${licence}: ${packages.length}`).join(", "));
process.exitCode = refused.length > 0 || found.length === 0 ? 1 : 0;

/** What comes with the packages, however deep; not their optional peers, which whoever wants them chooses. */
function installed(project) {
  const args = ["--yes", "pnpm@12", "--dir", project, "licenses", "list", "--prod", "--json"];
  const { status, stdout, stderr } = spawnSync("npx", args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`pnpm licenses failed: ${stderr}`);
  return Object.entries(JSON.parse(stdout)).flatMap(([licence, packages]) =>
    packages
      .filter(({ name }) => !name.startsWith("@beaconry/"))
      .map(({ name, versions }) => ({ name: `${name} ${versions.join(", ")}`, licence, how: "installed" })),
  );
}

/** What the build copied into our files. It is shipped with its licence (`licences.txt`) or not at all. */
function bundled() {
  const files = globSync("packages/*/dist/**/licences.txt", { cwd: root });
  if (files.length === 0) throw new Error("the packages are not built");
  return files.flatMap((file) => {
    const heads = readFileSync(`${root}${file}`, "utf8").matchAll(/^--- (.+), (.+)$/gm);
    return [...heads].map(([, name, licence]) => ({ name, licence, how: "bundled" }));
  });
}

/** `(MIT OR GPL-3.0)` leaves a choice, `(MIT AND GPL-3.0)` none. */
function isAllowed(licence) {
  const words = String(licence).replace(/[()]/g, "");
  return words.split(" OR ").some((choice) => choice.split(" AND ").every((one) => allowed.has(one.trim())));
}
