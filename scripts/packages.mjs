// `pnpm run packages`: checks each package as it would be published, and by `.size-limit.json` what a page loads.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { build } from "esbuild";
import { inPackedProject } from "./packed.mjs";

const root = new URL("../", import.meta.url);
const packages = ["core", "pixel", "server"];
let failed = spawnSync("size-limit", { cwd: root, stdio: "inherit" }).status !== 0;

for (const name of packages) {
  const { status, stdout } = spawnSync("publint", ["--strict", `packages/${name}`], { cwd: root, encoding: "utf8" });
  console.log(stdout.trim());
  if (status !== 0) failed = true;
}

// Whoever imports one vendor carries nothing of the other.
for (const [entry, name, stranger] of [
  ["meta", "toConversion", "content_category"],
  ["tiktok", "toTikTokEvent", "action_source"],
]) {
  const { outputFiles } = await bundle(`export { ${name} } from "@beaconry/core/${entry}";`);
  const carries = outputFiles[0].text.includes(stranger);
  if (carries) failed = true;
  console.log(`${carries ? "too much" : "ok"}: core: ${name} alone carries ${carries ? "" : "no "}${stranger}`);
}

// What reads the unusual forms of a person's data is loaded when one is met, not before.
const { outputFiles: chunks } = await bundle(
  'import { createPixel } from "@beaconry/pixel"; createPixel();',
  undefined,
  {
    splitting: true,
    outdir: "page",
  },
);
const withStates = chunks.filter(({ text }) => text.includes("pennsylvania")).map(({ path }) => basename(path));
const isLater = withStates.length === 1 && withStates[0].startsWith("person-");
if (!isLater) failed = true;
console.log(`${isLater ? "ok" : "too much"}: pixel: names of states are in ${withStates.join(", ")}`);

// Fails when something of Node's is imported: the server's main entry must run on edge runtimes.
await bundle('export * from "@beaconry/server";', []);
console.log("ok: server: the main entry imports nothing of Node's");

// The command, as it stands in the project of someone who has installed the package.
await inPackedProject(["core", "server"], (project) => {
  const beaconry = (args, input) =>
    spawnSync(`${project}/node_modules/.bin/beaconry`, args, { cwd: project, input, encoding: "utf8" });
  const { version } = JSON.parse(readFileSync(new URL("packages/server/package.json", root), "utf8"));
  const runs = [
    ["--version", beaconry(["--version"]), 0, `${version}\n`],
    ["check", beaconry(["check", "-"], "no event\n"), 1, "stdin:1\n  malformed  no JSON\n"],
  ];
  for (const [name, { status, stdout, stderr }, code, start] of runs) {
    const works = status === code && stdout.startsWith(start);
    if (!works) failed = true;
    console.log(
      works ? `ok: server: beaconry ${name} runs when installed` : `wrong: beaconry ${name}: ${stdout}${stderr}`,
    );
  }
});
process.exitCode = failed ? 1 : 0;

function bundle(contents, external = ["@beaconry/core/phone"], more = {}) {
  return build({
    stdin: { contents, resolveDir: new URL("examples/shop/", root).pathname },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "error",
    external,
    ...more,
  });
}
