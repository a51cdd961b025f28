import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { describeSize, findStrangers } from "../contents.mjs";

function packageOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "beaconry-contents-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries({ "package.json": "{}", "dist/index.js": "export {};\n", ...files })) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

it("finds nothing in what belongs there", () => {
  const map = JSON.stringify({ sources: ["../src/a.ts"], sourcesContent: ["export {};"] });
  const folder = packageOf({
    "README.md": "Write it to /home/you/shop.db",
    LICENSE: "",
    "CHANGELOG.md": "",
    "dist/a.d.ts": "",
    "dist/a.js": "// src/a.ts\nexport {};\n//# sourceMappingURL=a.js.map\n",
    "dist/a.js.map": map,
    "dist/page/index.html": "",
    "node_modules/other/.env": "",
  });
  expect(findStrangers(folder)).toEqual([]);
  expect(describeSize(folder, join(folder, "README.md"))).toBe("README.md: 9 files, 0 kB packed, 0 kB unpacked");
});

// Put together here, so that nothing takes this file for the leak.
const joined = (...parts: string[]) => parts.join("");

it.each([
  [".env", "", "is no file of a package"],
  ["src/index.ts", "", "is no file of a package"],
  ["dist/index.test.js", "", "is of a test"],
  ["dist/test/shop.js", "", "is of a test"],
  ["dist/a.js", `const token = "${joined("EAA", "B".repeat(40))}";`, "has what looks like a secret"],
  ["dist/a.js", joined("-----BEGIN RSA PRIV", "ATE KEY-----"), "has what looks like a secret"],
  ["README.md", joined("npm", "_", "a1".repeat(18)), "has what looks like a secret"],
  ["dist/a.js", `load("${homedir()}/shop/index.js")`, "names a folder of a machine"],
  ["dist/a.js", 'load("/home/somebody/shop.js")', "names a folder of a machine"],
  ["dist/a.js", "// ../../node_modules/other/index.js\n", "has the code of another package in it"],
  ["dist/a.js", "//# sourceMappingURL=a.js.map", "names a.js.map, which is not there"],
  ["dist/a.js.map", '{ "sources": ["../src/a.ts"] }', "names ../src/a.ts, which is not there"],
])("finds what does not: %s %j", (file, text, problem) => {
  expect(findStrangers(packageOf({ [file]: text }))).toContain(`${file} ${problem}`);
});
