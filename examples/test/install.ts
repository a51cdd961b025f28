import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { packInto } from "../../scripts/packed.mjs";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with a copy of every example, beside the `node_modules` that all of them use. */
    installed: string;
  }
}

const examples = fileURLToPath(new URL("../", import.meta.url));

/** The examples: folders with a `package.json`, but for the demo, which is of this workspace. */
export const names = readdirSync(examples).filter(
  (name) => name !== "shop" && existsSync(join(examples, name, "package.json")),
);

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(join(examples, name, "package.json"), "utf8"));
}

/** Copies the examples out of the repository, and installs, once for all, the packed packages and what else they ask for. */
export default async function install(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), "beaconry-examples-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const packed = await packInto(folder, ["core", "pixel", "server"]);
    const dependencies = { ...wanted(), ...packed };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies }));
    const { status, stdout, stderr } = spawnSync(
      "npm",
      ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"],
      { cwd: folder, encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`npm install failed\n${stdout}${stderr}`);
    for (const name of names) cpSync(join(examples, name), join(folder, name), { recursive: true, filter: isSource });
    project.provide("installed", folder);
    return remove;
  } catch (error) {
    remove();
    throw error;
  }
}

/** Leaves out what a demo that was run in the repository has left there. */
function isSource(path: string): boolean {
  return !/(^(node_modules|dist|\.next|\.wrangler|next-env\.d\.ts)$|\.db)/.test(basename(path));
}

/** What all examples ask for together; no two may ask for different versions. */
function wanted(): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of names) {
    const { dependencies, devDependencies } = readManifest(name);
    for (const [dependency, range] of Object.entries({ ...dependencies, ...devDependencies })) {
      if (all[dependency] && all[dependency] !== range) {
        throw new Error(`examples/${name}: ${dependency} ${range}, another example has ${all[dependency]}`);
      }
      all[dependency] = range;
    }
  }
  return all;
}
