import { cp } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { entries } from "./entries.mjs";
import { sidebar } from "./sidebar.mjs";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The ids of headings as the repository's host makes them: a link to a place is right on both. */
const slugify = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
    .replace(/\s/g, "-");

/**
 * Pages are where they lie in the repository, so that a relative link between documents and READMEs is right on the
 * site and in the repository alike. Only the home page moves, to `/`.
 */
export default defineConfig({
  title: "Beaconry",
  description: "One typed way to tell TikTok and Meta what happened in a shop, site or app.",
  srcDir: path("../.."),
  outDir: path("dist"),
  cacheDir: path("cache"),
  srcExclude: [
    "!(docs|packages|examples|README.md|CONTRIBUTING.md|SECURITY.md)",
    "!(docs|packages|examples)/**/*",
    "{packages,examples}/*/!(README).md",
    "{packages,examples}/*/*/**",
  ],
  rewrites: { "docs/index.md": "index.md" },
  cleanUrls: true,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/favicon.svg" }]],
  markdown: { anchor: { slugify } },
  vite: { publicDir: path("../public"), build: { chunkSizeWarningLimit: 2_000 } },
  // The whole width for the pages whose tables need it.
  transformPageData({ relativePath, frontmatter }) {
    if (["docs/events.md", "docs/funnel.md"].includes(relativePath)) frontmatter.aside = false;
  },
  // Links to images, which are no pages.
  buildEnd: ({ outDir }) => cp(path("../images"), `${outDir}/docs/images`, { recursive: true }),
  themeConfig: {
    nav: [
      { text: "Start", link: "/docs/start" },
      { text: "Concepts", link: "/docs/concepts" },
      { text: "Sandbox", link: "/docs/testing" },
      { text: "API", link: "/docs/api/" },
    ],
    sidebar: [
      ...sidebar,
      {
        text: "API reference",
        collapsed: true,
        items: Object.keys(entries).map((name) => ({
          text: name.replace("@beaconry/", ""),
          link: `/docs/api/${name}`,
        })),
      },
    ],
    outline: [2, 3],
    search: {
      provider: "local",
      // What explains comes before what lists.
      options: {
        miniSearch: {
          searchOptions: { boostDocument: (id: string) => (id.startsWith("/docs/api/") ? 0.3 : 1) },
        },
      },
    },
    footer: { message: "MIT licence" },
  },
});
