import { readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** All that belongs into a package: what was built, and what npm shows. */
const belongs = /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.+\.(js|d\.ts|map|html|css|svg|txt))$/;
const ofTests = /(^|\/)(tests?|bench|drill|fixtures)\/|\.(test|spec)(-d)?\.|__/;

/** What looks like a key of somebody's: Meta's, Amazon's, GitHub's, npm's, Stripe's tokens; private keys; signed tokens. */
const secrets = [
  /\bEAA[A-Za-z0-9]{20,}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/,
  /\bnpm_[A-Za-z0-9]{30,}/,
  /\b[sr]k_(live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9]{16,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\./,
];

/** Folders of a machine. */
const places = [root, `${homedir()}/`].filter((place) => place.length > 2);
const machine = /(?:^|["'`(\s=])(?:file:\/\/\/|\/(?:home|Users|root|tmp)\/\w|[A-Z]:\\Users\\)/m;

/**
 * What is in a package that does not belong there.
 * @param {string} folder of the package, unpacked
 * @returns {string[]} a line for each
 */
export function findStrangers(folder) {
  return filesOf(folder).flatMap((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    const wrong = [];
    if (!belongs.test(file)) wrong.push("is no file of a package");
    if (ofTests.test(file)) wrong.push("is of a test");
    if (secrets.some((secret) => secret.test(text))) wrong.push("has what looks like a secret");
    if (places.some((place) => text.includes(place)) || (!file.endsWith(".md") && machine.test(text))) {
      wrong.push("names a folder of a machine");
    }
    if (/^\/\/ .*node_modules\//m.test(text)) wrong.push("has the code of another package in it");
    return [...wrong, ...wrongMaps(folder, file, text)].map((what) => `${file} ${what}`);
  });
}

/** Source maps that are named and not there, or whose sources are neither there nor in them. */
function wrongMaps(folder, file, text) {
  const [, map] = /^\/[/*]# sourceMappingURL=(\S+)/m.exec(text) ?? [];
  if (map && !map.startsWith("data:") && !isFile(join(folder, dirname(file), map)))
    return [`names ${map}, which is not there`];
  if (!file.endsWith(".map")) return [];
  const { sources, sourcesContent = [], sourceRoot = "" } = JSON.parse(text);
  return sources
    .filter((source, index) => !sourcesContent[index] && !isFile(join(folder, dirname(file), sourceRoot, source)))
    .map((source) => `names ${source}, which is not there`);
}

/** A line for people: how many files, and how much they weigh. */
export function describeSize(folder, tarball) {
  const files = filesOf(folder);
  const unpacked = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  return `${basename(tarball)}: ${files.length} files, ${kilobytes(statSync(tarball).size)} packed, ${kilobytes(unpacked)} unpacked`;
}

/** Of the package itself: what it depends on may be installed below it. */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith("node_modules/"))
    .sort();
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
