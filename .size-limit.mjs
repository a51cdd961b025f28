// What a page loads, and no more: `pnpm run packages` holds the packages to it.

/** As others bundle it: without this repository's own paths, which lead to the sources. */
const modifyEsbuildConfig = (config) => ({ ...config, tsconfigRaw: "{}", logLevel: "error" });

export default [
  {
    name: "pixel: init, identify, track, both tags, hashing, stored queue",
    path: "packages/pixel/dist/index.js",
    import: "{ createPixel }",
    ignore: ["@beaconry/core/phone", "@beaconry/core/person"],
    limit: "12.7 kB",
  },
  {
    name: "pixel: the same, with what it loads for unusual forms of a person's data",
    path: "packages/pixel/dist/index.js",
    import: "{ createPixel }",
    ignore: ["@beaconry/core/phone"],
    limit: "15.6 kB",
  },
  {
    name: "pixel: dist/beaconry.global.js",
    path: "packages/pixel/dist/beaconry.global.js",
    disablePlugins: ["@size-limit/esbuild"],
    limit: "14.3 kB",
  },
  {
    name: "pixel: dist/stub.js",
    path: "packages/pixel/dist/stub.js",
    disablePlugins: ["@size-limit/esbuild"],
    brotli: false,
    limit: "600 B",
  },
  {
    name: "pixel: followTcf alone",
    path: "packages/pixel/dist/tcf.js",
    import: "{ followTcf }",
    limit: "700 B",
  },
  {
    name: "pixel: followGoogleConsent alone",
    path: "packages/pixel/dist/google-consent.js",
    import: "{ followGoogleConsent }",
    limit: "1 kB",
  },
  {
    name: "core: createEvent and hashUserData",
    path: "packages/core/dist/index.js",
    import: "{ createEvent, hashUserData }",
    limit: "5 kB",
  },
].map((entry) => ({ ...entry, modifyEsbuildConfig }));
