import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Unit tests run on the sources; the end-to-end tests run on what is built and packed. */
const sources = [
  { find: /^#sha256$/, replacement: path("packages/core/src/user/sha256.node.ts") },
  { find: /^@beaconry\/core\/(page|person|phone)$/, replacement: path("packages/core/src/$1.ts") },
  { find: /^@beaconry\/core\/(funnel|internal|meta|tiktok)$/, replacement: path("packages/core/src/$1/index.ts") },
  { find: /^@beaconry\/pixel\/(google-consent|tcf)$/, replacement: path("packages/pixel/src/cmp/$1.ts") },
  {
    find: /^@beaconry\/server\/(jetstream|node|postgres|sandbox|sqlite|tiktok-business|undici|vitest)$/,
    replacement: path("packages/server/src/$1/index.ts"),
  },
  { find: /^@beaconry\/server\/bots$/, replacement: path("packages/server/src/bots.ts") },
  { find: /^@beaconry\/(core|pixel|server)$/, replacement: path("packages/$1/src/index.ts") },
];

const project = (name: string, environment: "node" | "happy-dom") => ({
  resolve: { alias: sources },
  test: {
    name,
    environment,
    // The outbox on disk writes in a thread.
    execArgv: name === "server" ? ["--import", path("packages/server/test/threads-in-typescript.mjs")] : [],
    // Many of the server's tests start processes, and engines in them.
    testTimeout: name === "server" ? 30_000 : 5_000,
    setupFiles: name === "server" ? [path("packages/server/test/no-leaks.ts")] : [],
    include: [`packages/${name}/test/**/*.test.ts`],
    typecheck: {
      enabled: true,
      include: [`packages/${name}/test/**/*.test-d.ts`],
      tsconfig: path("tsconfig.json"),
    },
  },
});

export default defineConfig({
  test: {
    globalSetup: path("scripts/temporary-folder.mjs"),
    projects: [
      project("core", "node"),
      project("pixel", "happy-dom"),
      project("server", "node"),
      {
        test: {
          name: "e2e",
          include: ["examples/*/test/**/*.test.ts", "docs/test/**/*.test.ts", "scripts/test/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "examples",
          include: ["examples/test/**/*.test.ts"],
          globalSetup: path("examples/test/install.ts"),
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
