import { readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = fileURLToPath(new URL("../../dist/page/page.js", import.meta.url));
const sources = fileURLToPath(new URL("../../src/sandbox/page/", import.meta.url));

/** The sandbox serves the page as it was built: a test of an older one would show nothing. */
export function requireBuiltPage(): void {
  const at = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const files = readdirSync(sources, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const newest = Math.max(...files.map(({ parentPath, name }) => statSync(`${parentPath}/${name}`).mtimeMs));
  if (at < newest)
    throw new Error("the sandbox's page is not built as it is now: pnpm --filter @beaconry/server build");
}
