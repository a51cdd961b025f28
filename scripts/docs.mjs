// `pnpm run docs`: the documentation's site, in docs/.vitepress/dist: the API reference from doc comments, then all
// pages, then a look at each link of what was built. `-- --serve` shows it, and follows changes.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync, rmSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const site = fileURLToPath(new URL("docs/.vitepress/dist", root));

rmSync(new URL("docs/api", root), { recursive: true, force: true });
must("typedoc", ["--logLevel", "Warn"]);
if (process.argv.includes("--serve")) {
  must("vitepress", ["dev", "docs", "--host", "127.0.0.1"]);
  process.exit();
}
must("vitepress", ["build", "docs"]);

const problems = deadLinks();
for (const problem of problems) console.error(`dead link: ${problem}`);
if (problems.length > 0) process.exit(1);

/** VitePress finds links to pages that are not there. This finds those to a place in a page, and to files. */
function deadLinks() {
  const pages = globSync("**/*.html", { cwd: site }).filter((page) => page !== "404.html");
  const texts = new Map(pages.map((page) => [`/${page.replace(/(^|\/)index\.html$|\.html$/, "$1")}`, read(page)]));
  const ids = new Map(
    [...texts].map(([path, html]) => [path, new Set(html.matchAll(/ id="([^"]*)"/g).map(([, id]) => id))]),
  );
  // By target, with the first page that has it: what is in the sidebar is on all of them.
  const found = new Map();
  let links = 0;
  for (const [path, html] of texts) {
    for (const [, target] of html.matchAll(/ href="([^"]*)"/g)) {
      const { origin, pathname, hash } = new URL(target.replaceAll("&amp;", "&"), `http://site${path}`);
      if (origin !== "http://site") continue;
      links++;
      const place = decodeURIComponent(hash.slice(1));
      const there = ids.get(decodeURIComponent(pathname));
      const isDead = there ? place && !there.has(place) : !isFile(pathname);
      if (isDead && !found.has(pathname + hash)) found.set(pathname + hash, `${target} in ${path}`);
    }
  }
  console.log(`${texts.size} pages, ${links} links within the site`);
  return [...found.values()];
}

function read(page) {
  return readFileSync(`${site}/${page}`, "utf8");
}

function isFile(path) {
  const file = `${site}${decodeURIComponent(path)}`;
  return existsSync(file) && statSync(file).isFile();
}

function must(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
