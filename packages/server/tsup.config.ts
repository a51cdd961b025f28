import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    sandbox: "src/sandbox/index.ts",
  },
  format: "esm",
  target: "es2023",
  platform: "node",
  dts: true,
  clean: true,
});
