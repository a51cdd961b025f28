// The API reference, from doc comments into Markdown for the documentation's site: `pnpm run docs`.
import { entries } from "./docs/.vitepress/entries.mjs";

export default {
  entryPoints: Object.values(entries),
  tsconfig: "tsconfig.json",
  plugin: ["typedoc-plugin-markdown", "typedoc-vitepress-theme", "./docs/.vitepress/import-names.mjs"],
  out: "docs/api",
  docsRoot: ".",
  outputFileStrategy: "modules",
  readme: "none",
  groupOrder: ["Functions", "Variables", "Classes", "Interfaces", "*"],
  // `pnpm run typecheck` does that.
  skipErrorChecking: true,
  excludeExternals: true,
  disableSources: true,
  hideBreadcrumbs: true,
  hidePageHeader: true,
  // The site's own ids of headings are counted in another way where names repeat.
  useHTMLAnchors: true,
  useCodeBlocks: true,
  expandObjects: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
};
