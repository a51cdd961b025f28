import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpm } from "./steps.mjs";

/**
 * Packs the packages and installs them in an empty project, as their users do; what they depend on comes from pnpm's
 * store. Calls `use` with the project's folder, which is gone afterwards, and the tarballs by package.
 * @param {{ type?: "module", dependencies?: Record<string, string> }} [more] what else its package.json has
 */
export async function inPackedProject(names, use, more = {}) {
  const project = mkdtempSync(join(tmpdir(), "beaconry-packed-"));
  try {
    const packed = await packInto(project, names);
    writeFileSync(
      join(project, "package.json"),
      JSON.stringify({ private: true, ...more, dependencies: { ...packed, ...more.dependencies } }),
    );
    // Also where one of them depends on another.
    writeFileSync(join(project, "pnpm-workspace.yaml"), JSON.stringify({ overrides: packed }));
    await must(["--dir", project, "install", "--prefer-offline", "--ignore-scripts"]);
    return await use(project, packed);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Packs the packages into a folder; gives them as dependencies of a project there. */
export async function packInto(folder, names) {
  for (const name of names) await must(["--dir", `packages/${name}`, "pack", "--pack-destination", folder]);
  return Object.fromEntries(names.map((name) => [`@beaconry/${name}`, `file:./${findPacked(folder, name)}`]));
}

function findPacked(folder, name) {
  return readdirSync(folder).find((file) => file.startsWith(`beaconry-${name}-`) && file.endsWith(".tgz"));
}

async function must(args) {
  if ((await pnpm(["--silent", ...args])) !== 0) throw new Error(`pnpm ${args.join(" ")} failed`);
}
