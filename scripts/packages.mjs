// `pnpm run packages`: checks each package as it would be published, and the size of what a page loads.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const root = new URL("../", import.meta.url);
const packages = ["core", "pixel", "server"];
let failed = false;

for (const name of packages) {
  const { status, stdout } = spawnSync("publint", ["--strict", `packages/${name}`], { cwd: root, encoding: "utf8" });
  console.log(stdout.trim());
  if (status !== 0) failed = true;
}

/** Brotli bytes of a page's whole script: the entry with everything that it imports, minified. */
const budgets = [
  ["pixel: init, identify, track, both tags, hashing", 'export { createPixel } from "@beaconry/pixel";', 15_000],
  ["core: createEvent and hashUserData", 'export { createEvent, hashUserData } from "@beaconry/core";', 5_000],
];
for (const [what, contents, most] of budgets) {
  const { outputFiles } = await bundle(contents);
  report(what, outputFiles[0].contents, most);
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

// Fails when something of Node's is imported: the server's main entry must run on edge runtimes.
await bundle('export * from "@beaconry/server";', []);
console.log("ok: server: the main entry imports nothing of Node's");
report("pixel: dist/beaconry.global.js", readFileSync(new URL("packages/pixel/dist/beaconry.global.js", root)), 15_000);
process.exitCode = failed ? 1 : 0;

function bundle(contents, external = ["@beaconry/core/phone"]) {
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
  });
}

function report(what, bytes, most) {
  const size = brotliCompressSync(bytes).length;
  if (size > most) failed = true;
  console.log(`${size > most ? "too large" : "ok"}: ${what}: ${size} bytes brotli, at most ${most}`);
}
