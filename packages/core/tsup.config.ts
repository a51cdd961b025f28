import { defineConfig } from "tsup";
import { precompute, precomputed } from "./precompute.js";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    meta: "src/meta/index.ts",
    tiktok: "src/tiktok/index.ts",
    funnel: "src/funnel/index.ts",
    page: "src/page.ts",
    person: "src/person.ts",
    phone: "src/phone.ts",
    internal: "src/internal/index.ts",
    sha256: "src/user/sha256.ts",
    "sha256.node": "src/user/sha256.node.ts",
  },
  format: "esm",
  target: "es2022",
  platform: "neutral",
  dts: true,
  clean: true,
  // Stays an import, so that Node gets its native hash and everything else the portable one.
  external: ["#sha256", /^node:/],
  esbuildPlugins: [precompute(precomputed)],
});
