import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const manifest = (folder: string) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** The workspace's manifests and what sets versions, as a repository of its own. */
function copyOfWorkspace(): string {
  const copy = mkdtempSync(join(tmpdir(), "beaconry-versions-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  const files = ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ".changeset/config.json"];
  const manifests = globSync("{packages,examples}/*/package.json", { cwd: root });
  for (const file of [...files, ...manifests, "scripts/follow-versions.mjs", "scripts/name-repository.mjs"]) {
    mkdirSync(join(copy, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

const run = (copy: string, command: string) => {
  const identity = ["AUTHOR", "COMMITTER"].flatMap((who) => [
    [`GIT_${who}_NAME`, "nobody"],
    [`GIT_${who}_EMAIL`, "nobody@shop.example"],
  ]);
  const PATH = `${root}node_modules/.bin:${process.env.PATH}`;
  execFileSync("sh", ["-c", command], { cwd: copy, env: { ...process.env, ...Object.fromEntries(identity), PATH } });
};

it("gives the packages one new version, with a changelog, and the examples ask for it", () => {
  const copy = copyOfWorkspace();
  writeFileSync(join(copy, ".changeset/new.md"), '---\n"@beaconry/core": minor\n---\n\nSomething new.\n');
  run(copy, "git init -q -b main && git add .changeset packages && git commit -q -m all");
  run(copy, manifest(copy).scripts["release:version"]);

  const [major, minor] = manifest(join(root, "packages/core")).version.split(".").map(Number);
  const version = `${major}.${minor + 1}.0`;
  for (const name of ["core", "pixel", "server"]) {
    expect(manifest(join(copy, "packages", name)).version).toBe(version);
    expect(readFileSync(join(copy, "packages", name, "CHANGELOG.md"), "utf8")).toContain(`## ${version}`);
  }
  expect(readFileSync(join(copy, "packages/core/CHANGELOG.md"), "utf8")).toContain("Something new.");
  const ranges = globSync("examples/*/package.json", { cwd: copy, exclude: ["examples/shop/**"] }).flatMap((file) =>
    Object.entries<string>(manifest(join(copy, dirname(file))).dependencies).filter(([name]) =>
      name.startsWith("@beaconry/"),
    ),
  );
  expect(ranges.length).toBeGreaterThan(11);
  expect(new Set(ranges.map(([, range]) => range))).toEqual(new Set([`^${version}`]));
  expect(manifest(join(copy, "examples/shop")).dependencies["@beaconry/server"]).toBe("workspace:*");
});

it("writes the repository's address into the packages, for the provenance", () => {
  const copy = copyOfWorkspace();
  run(copy, `${manifest(copy).scripts["name-repository"]} https://code.example/shop/beaconry`);
  for (const name of ["core", "pixel", "server"]) {
    const before = manifest(join(root, "packages", name));
    expect(manifest(join(copy, "packages", name))).toEqual({
      ...before,
      repository: { type: "git", url: "git+https://code.example/shop/beaconry.git", directory: `packages/${name}` },
    });
  }
  expect(() => run(copy, "node scripts/name-repository.mjs 2>/dev/null")).toThrow();
});
