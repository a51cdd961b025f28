import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "tsup";

/** The script that `dist` has, made from the sources as they are. */
export async function bundleSnippet(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "beaconry-pixel-"));
  const path = (relative: string) => new URL(relative, import.meta.url).pathname;
  const core = path("../../core/src/");
  await build({
    config: false,
    silent: true,
    entry: { beaconry: path("../src/snippet.ts") },
    outDir,
    format: "iife",
    target: "es2022",
    platform: "browser",
    esbuildPlugins: [
      {
        name: "core from its sources",
        setup({ onResolve }) {
          onResolve({ filter: /^@beaconry\/core\/phone$/ }, ({ path }) => ({ path, external: true }));
          onResolve({ filter: /^@beaconry\/core$/ }, () => ({ path: `${core}index.ts` }));
          onResolve({ filter: /^@beaconry\/core\/(page|person)$/ }, ({ path }) => ({
            path: `${core}${path.split("/").at(-1)}.ts`,
          }));
          onResolve({ filter: /^#sha256$/ }, () => ({ path: `${core}user/sha256.ts` }));
        },
      },
    ],
  });
  const script = await readFile(join(outDir, "beaconry.global.js"), "utf8");
  await rm(outDir, { recursive: true });
  return script;
}
