import { defineConfig } from "tsup";
import { precompute, precomputed } from "../core/precompute.js";

export default defineConfig([
  {
    entry: {
      index: "src/index.ts",
      tcf: "src/cmp/tcf.ts",
      "google-consent": "src/cmp/google-consent.ts",
    },
    format: "esm",
    target: "es2022",
    platform: "browser",
    dts: true,
    clean: true,
  },
  {
    entry: { beaconry: "src/snippet.ts" },
    format: "iife",
    target: "es2022",
    platform: "browser",
    minify: "terser",
    // Nothing but `beaconry` may become a global of the page.
    terserOptions: { ecma: 2020, toplevel: false, compress: { passes: 3, toplevel: false } },
    outExtension: () => ({ js: ".global.js" }),
    esbuildPlugins: [precompute(precomputed)],
    esbuildOptions(options) {
      // Both minifiers find what the other does not.
      options.minifySyntax = true;
      // One file for a <script> tag with everything inside, save the tables of national phone numbers: a page that
      // wants them names them in an import map. tsup's own `external` does not reach this format.
      options.external = ["@beaconry/core/phone"];
    },
  },
  {
    // For a <script> element in the page itself: it must run in browsers that the rest does not.
    entry: { stub: "src/stub.ts" },
    format: "iife",
    target: "es2017",
    platform: "browser",
    minify: "terser",
    // Nothing but `beaconry` may become a global of the page.
    terserOptions: { toplevel: false, compress: { passes: 3, toplevel: false } },
    outExtension: () => ({ js: ".js" }),
  },
]);
