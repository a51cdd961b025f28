import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    node: "src/node/index.ts",
    bots: "src/bots.ts",
    sandbox: "src/sandbox/index.ts",
    sqlite: "src/sqlite/index.ts",
    "sqlite-worker": "src/sqlite/sqlite-worker.ts",
    undici: "src/undici/index.ts",
  },
  format: "esm",
  target: "es2023",
  platform: "node",
  // node:sqlite has no name without it.
  removeNodeProtocol: false,
  dts: true,
  clean: true,
});
