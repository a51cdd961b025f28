// `pnpm run packages`: checks each package as it would be published, what is in it, and what a page loads of it: by
// `.size-limit.mjs`, and by what bundlers make of it.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { describeSize, findStrangers } from "./contents.mjs";
import { inPackedProject } from "./packed.mjs";

const root = new URL("../", import.meta.url);
const packages = ["core", "pixel", "server"];
let failed = false;

function report(what, isRight, words = "") {
  if (!isRight) failed = true;
  console.log(isRight ? `ok: ${what}` : `wrong: ${what}: ${words}`);
}

const sizes = spawnSync("size-limit", { cwd: root, encoding: "utf8" });
console.log(sizes.stdout);
report("sizes", sizes.status === 0, sizes.stderr);
await inPackedProject(packages, async (project, packed) => {
  for (const name of packages) checkPackage(name, project, join(project, packed[`@beaconry/${name}`].slice(5)));
  await checkBundles(project);
  checkCommand(project);
});
process.exitCode = failed ? 1 : 0;

function checkPackage(name, project, tarball) {
  const folder = `${project}/node_modules/@beaconry/${name}`;
  checkBy("publint", ["--strict"], tarball);
  // Modules only: every Node from 22.19 on can `require` them too. What is for <script> elements has no types.
  const scripts = name === "pixel" ? ["--exclude-entrypoints", "beaconry.global.js", "stub.js"] : [];
  checkBy("attw", ["--profile", "esm-only", "--format", "ascii", "--no-emoji", "--no-color", ...scripts], tarball);
  const strangers = findStrangers(folder);
  report(`what is in ${describeSize(folder, tarball)}`, strangers.length === 0, strangers.join("\n"));
}

function checkBy(tool, args, tarball) {
  const { status, stdout, stderr } = spawnSync(tool, [tarball, ...args], { cwd: root, encoding: "utf8" });
  report(`${tool} ${basename(tarball)}`, status === 0, `${stdout}${stderr}`);
}

async function checkBundles(project) {
  // Whoever imports one vendor carries nothing of the other.
  for (const [entry, name, stranger] of [
    ["meta", "toConversion", "content_category"],
    ["tiktok", "toTikTokEvent", "action_source"],
  ]) {
    const [{ text }] = await bundle(project, `export { ${name} } from "@beaconry/core/${entry}";`);
    report(`core: ${name} alone`, !text.includes(stranger), `carries ${stranger}`);
  }
  // A page carries no catalogue, and what reads the unusual forms of a person's data is loaded when one is met.
  const page = 'import { createPixel } from "@beaconry/pixel"; createPixel();';
  const chunks = await bundle(project, page, { splitting: true, outdir: "page" });
  const filesWith = (word) => chunks.filter(({ text }) => text.includes(word)).map(({ path }) => basename(path));
  const places = filesWith("pennsylvania");
  const isLater = places.length === 1 && places[0].startsWith("person-");
  report("pixel: names of states come later", isLater, `in ${places.join(", ")}`);
  const withCatalogue = filesWith("fb_mobile_purchase");
  report("pixel: no catalogue", withCatalogue.length === 0, `in ${withCatalogue.join(", ")}`);
  // The server's main entry must run on edge runtimes: bundling fails when something of Node's is imported.
  const problem = await bundle(project, 'export * from "@beaconry/server";', { external: [] }).catch(String);
  report("server: the main entry imports nothing of Node's", typeof problem !== "string", problem);
}

/** The command, as it stands in the project of someone who has installed the package. */
function checkCommand(project) {
  const { version } = JSON.parse(readFileSync(new URL("packages/server/package.json", root), "utf8"));
  for (const [args, input, code, start] of [
    [["--version"], "", 0, `${version}\n`],
    [["check", "-"], "no event\n", 1, "stdin:1\n  malformed  no JSON\n"],
  ]) {
    const options = { cwd: project, input, encoding: "utf8" };
    const { status, stdout, stderr } = spawnSync(`${project}/node_modules/.bin/beaconry`, args, options);
    const works = status === code && stdout.startsWith(start);
    report(`server: beaconry ${args.join(" ")}`, works, `${stdout}${stderr}`);
  }
}

async function bundle(project, contents, more = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: project },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "error",
    external: ["@beaconry/core/phone"],
    ...more,
  });
  return outputFiles;
}
