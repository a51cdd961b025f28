import { build, type Plugin } from "esbuild";

/**
 * Evaluates modules when a package is built and puts their values in their place, so that what they are worked out
 * from is not shipped. Their exports have to be what JSON has.
 * @param files of the modules, as their paths end
 */
export function precompute(files: RegExp): Plugin {
  return {
    name: "precompute",
    setup({ onLoad }) {
      onLoad({ filter: files }, async ({ path }) => {
        const { outputFiles } = await build({ entryPoints: [path], bundle: true, format: "esm", write: false });
        const code = Buffer.from(outputFiles[0]?.contents ?? "").toString("base64");
        const values: Record<string, unknown> = await import(`data:text/javascript;base64,${code}`);
        const lines = Object.entries(values).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`);
        return { contents: lines.join("\n"), loader: "js" };
      });
    },
  };
}

/** What of the core is worked out beforehand. */
export const precomputed = /core[\\/]src[\\/]catalog[\\/](meta-web|multi-word)-names\.ts$/;
