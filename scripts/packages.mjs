// `pnpm run packages`: checks each package as it would be published, and by `.size-limit.json` what a page loads.
import { spawnSync } from "node:child_process";
import { build } from "esbuild";

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

// Fails when something of Node's is imported: the server's main entry must run on edge runtimes.
await bundle('export * from "@beaconry/server";', []);
console.log("ok: server: the main entry imports nothing of Node's");
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
