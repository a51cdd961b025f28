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
  ["pixel: init, identify, track, both tags, hashing", 'export { createPixel } from "@beaconry/pixel";', 13_500],
  ["core: createEvent and hashUserData", 'export { createEvent, hashUserData } from "@beaconry/core";', 5_000],
];
for (const [what, contents, most] of budgets) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL("examples/shop/", root).pathname },
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    external: ["@beaconry/core/phone"],
  });
  report(what, outputFiles[0].contents, most);
}
// Fails when something of Node's is imported: the server's main entry must run on edge runtimes.
await build({
  stdin: { contents: 'export * from "@beaconry/server";', resolveDir: new URL("examples/shop/", root).pathname },
  bundle: true,
  write: false,
  format: "esm",
  platform: "browser",
  target: "es2022",
});
console.log("ok: server: the main entry imports nothing of Node's");
report("pixel: dist/beaconry.global.js", readFileSync(new URL("packages/pixel/dist/beaconry.global.js", root)), 13_500);
process.exitCode = failed ? 1 : 0;

function report(what, bytes, most) {
  const size = brotliCompressSync(bytes).length;
  if (size > most) failed = true;
  console.log(`${size > most ? "too large" : "ok"}: ${what}: ${size} bytes brotli, at most ${most}`);
}
