import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, it } from "vitest";
import { names, readManifest } from "./install.js";
import { folderOf, settingsOf, startExample } from "./run-example.js";

const repository = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(join(repository, path), "utf8");

describe.each(names)("%s", (name) => {
  const manifest = readManifest(name);

  it("asks for the packages as they are now, and for nothing of this workspace", () => {
    const ranges = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const [dependency, range] of Object.entries(ranges)) {
      if (!dependency.startsWith("@beaconry/")) expect(range).toMatch(/^\^\d+\.\d+\.\d+$/);
      else expect(range).toBe(`^${JSON.parse(read(`packages/${dependency.slice(10)}/package.json`)).version}`);
    }
  });

  it("has a demo, a README of a screen, and a place in the list", () => {
    expect(manifest.scripts?.demo).toBeDefined();
    const readme = read(`examples/${name}/README.md`);
    expect(readme).toContain("npm install\nnpm run demo");
    expect(readme.split("\n").length).toBeLessThanOrEqual(45);
    expect(read("examples/README.md")).toContain(`| [${name}](${name}/README.md) |`);
  });

  it("names no file that it does not have", () => {
    const named = [...read(`examples/${name}/README.md`).matchAll(/^\| (.*?) \|/gm)].flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file),
    );
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((file) => !existsSync(join(repository, "examples", name, file)))).toEqual([]);
  });
});

it("have the same in files that are meant to be the same", () => {
  const webTrackers = ["express", "backend-only", "vite-react", "consent-tcf", "curl"];
  for (const name of webTrackers)
    expect(read(`examples/${name}/tracker.ts`)).toBe(read("examples/script-tag/tracker.ts"));
  for (const name of ["express", "fastify-sqlite", "vite-react", "consent-tcf", "curl"]) {
    expect(read(`examples/${name}/sandbox.ts`)).toBe(read("examples/script-tag/sandbox.ts"));
  }
});

it("compile", () => {
  const folder = inject("installed");
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      compilerOptions: {
        target: "ES2024",
        lib: ["ES2024", "DOM", "DOM.Iterable"],
        module: "ESNext",
        moduleResolution: "bundler",
        jsx: "react-jsx",
        types: ["node"],
        strict: true,
        noUncheckedIndexedAccess: true,
        erasableSyntaxOnly: true,
        allowImportingTsExtensions: true,
        noEmit: true,
        skipLibCheck: true,
      },
      include: names.flatMap((name) => [`${name}/**/*.ts`, `${name}/**/*.tsx`]),
      exclude: ["**/node_modules", "**/.next", "**/dist", "**/.wrangler"],
    }),
  );
  const tsc = join(repository, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

describe("the demo", () => {
  const served = names.filter((name) =>
    readManifest(name).scripts?.demo?.endsWith("node --import ./sandbox.ts server.ts"),
  );

  it.each(served)("of %s starts the sandbox and the server, and ends both", async (name) => {
    // Any free port: the documented one may be in use here.
    const sandbox = readFileSync(join(folderOf(name), "sandbox.ts"), "utf8");
    writeFileSync(join(folderOf(name), "free-sandbox.ts"), sandbox.replace("port: 4010", "port: 0"));
    const { PATH = "", HOME = "" } = settingsOf({ url: "" });
    const demo = await startExample(name, { PATH, HOME, PORT: "0", OUTBOX: "demo.db" }, [
      "--import",
      "./free-sandbox.ts",
      "server.ts",
    ]);
    const sandboxUrl = /Sandbox: (\S+)/.exec(demo.output())?.[1];
    expect((await fetch(`${sandboxUrl}/_sandbox/state`)).status).toBe(200);
    await expect.poll(demo.output).toMatch(/(Backend|Collector|Shop|Site|Webhooks): http/);
    await demo.stop();
  });
});
