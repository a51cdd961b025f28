import { defineConfig } from "tsup";
import { licences } from "./licences.js";

const page = "dist/page";

export default defineConfig([
  {
    entry: {
      index: "src/index.ts",
      node: "src/node/index.ts",
      bots: "src/bots.ts",
      cli: "src/cli/index.ts",
      jetstream: "src/jetstream/index.ts",
      postgres: "src/postgres/index.ts",
      sandbox: "src/sandbox/index.ts",
      sqlite: "src/sqlite/index.ts",
      "sqlite-worker": "src/sqlite/sqlite-worker.ts",
      "tiktok-business": "src/tiktok-business/index.ts",
      undici: "src/undici/index.ts",
      vitest: "src/vitest/index.ts",
    },
    format: "esm",
    target: "es2023",
    platform: "node",
    // node:sqlite has no name without it.
    removeNodeProtocol: false,
    dts: true,
    // What the other one makes.
    clean: ["!page/**"],
  },
  {
    // The sandbox's page, for browsers.
    entry: { page: "src/sandbox/page/main.tsx" },
    // A page has no packages.
    noExternal: [/./],
    outDir: page,
    publicDir: "src/sandbox/page/public",
    format: "esm",
    target: "es2023",
    platform: "browser",
    tsconfig: "src/sandbox/page/tsconfig.json",
    minify: true,
    splitting: false,
    clean: true,
    esbuildOptions(options) {
      options.jsx = "automatic";
      options.jsxImportSource = "preact";
    },
    esbuildPlugins: [licences(`${page}/licences.txt`)],
  },
]);
