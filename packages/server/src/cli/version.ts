import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The package's version. */
export function readVersion(): string {
  // By the package's own name: the same from the sources and from what is built of them.
  const manifest = fileURLToPath(import.meta.resolve("@beaconry/server/package.json"));
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
