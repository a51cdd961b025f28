// `pnpm run installed`: the packed packages in the project of somebody who has installed them, run on each version of Node
// and type-checked with each of TypeScript that is in scripts/installed/package.json.
import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inPackedProject } from "./packed.mjs";
import { pnpm } from "./steps.mjs";

const read = (file) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), "utf8"));
const programs = fileURLToPath(new URL("installed/", import.meta.url));
const { devDependencies: versions } = read("scripts/installed/package.json");
const { devDependencies: ofRoot } = read("package.json");
const { devDependencies: ofServer, peerDependencies, engines } = read("packages/server/package.json");

/** What people have who use every entry: the peers, and types of what has none of its own. */
const wanted = [...Object.keys(peerDependencies), "@types/node", "@types/pg"];
const dependencies = Object.fromEntries(wanted.map((name) => [name, ofServer[name] ?? ofRoot[name]]));

/** Both ways in which TypeScript finds a package's types. */
const resolutions = [
  { module: "nodenext", moduleResolution: "nodenext" },
  { module: "esnext", moduleResolution: "bundler" },
];
const sides = {
  page: { lib: ["ES2023", "DOM", "DOM.Iterable"], types: [] },
  server: { lib: ["ES2024"], types: ["node"] },
};

const installed = await pnpm(["--dir", programs, "--silent", "install", "--frozen-lockfile", "--prefer-offline"]);
if (installed !== 0) process.exit(1);

let failed = false;
const [[, oldest]] = versionsOf("node");
const promised = `>=${oldest.replace(/^node@|\.0$/g, "")}`;
report(`${oldest} is the oldest that is promised`, engines.node === promised, engines.node);
await inPackedProject(["core", "pixel", "server"], tryIn, { type: "module", dependencies });
process.exitCode = failed ? 1 : 0;

async function tryIn(project) {
  for (const file of ["use.mjs", "page.ts", "server.ts"]) cpSync(`${programs}${file}`, join(project, file));
  for (const [folder, name] of versionsOf("node")) {
    const node = join(folder, "bin/node");
    await attempt(`${name} imports and uses them`, node, ["use.mjs"], project);
    await attempt(
      `${name} runs the command`,
      node,
      ["node_modules/@beaconry/server/dist/cli.js", "--version"],
      project,
    );
  }
  for (const [folder, name] of versionsOf("typescript")) {
    const tsc = join(folder, "bin/tsc");
    for (const [side, options] of Object.entries(sides)) {
      for (const resolution of resolutions) {
        const config = writeConfig(project, side, { ...options, ...resolution });
        const what = `${name} compiles ${side}.ts, ${resolution.moduleResolution}`;
        await attempt(what, process.execPath, [tsc, "-p", config], project);
      }
      // Not of `strict`, and too much for other people's declarations.
      const exact = { exactOptionalPropertyTypes: true, skipLibCheck: true, ...resolutions[0] };
      const config = writeConfig(project, side, { ...options, ...exact });
      const what = `${name} compiles ${side}.ts with exactOptionalPropertyTypes`;
      await attempt(what, process.execPath, [tsc, "-p", config], project);
    }
  }
}

/** The folder and the name of each version of a program, the oldest first. */
function versionsOf(program) {
  return Object.entries(versions)
    .filter(([folder]) => folder.startsWith(`${program}-`))
    .map(([folder, version]) => [join(programs, "node_modules", folder), version.replace("npm:", "")]);
}

/** The strictest, and with other people's declarations checked as well. */
function writeConfig(project, side, options) {
  const file = join(project, "tsconfig.json");
  const compilerOptions = { target: "ES2023", strict: true, skipLibCheck: false, noEmit: true, ...options };
  writeFileSync(file, JSON.stringify({ compilerOptions, files: [`${side}.ts`] }));
  return file;
}

async function attempt(what, command, args, cwd) {
  await promisify(execFile)(command, args, { cwd }).then(
    () => report(what, true),
    ({ stdout, stderr, message }) => report(what, false, `${stdout}${stderr}` || message),
  );
}

function report(what, isRight, words = "") {
  if (!isRight) failed = true;
  console.log(isRight ? `ok: ${what}` : `wrong: ${what}: ${words}`);
}
