import { defineConfig } from "tsup";

export default defineConfig([
  {
    entry: { index: "src/index.ts" },
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
    minify: true,
    // One file for a <script> tag: everything is inside.
    noExternal: [/.*/],
    outExtension: () => ({ js: ".global.js" }),
  },
]);
