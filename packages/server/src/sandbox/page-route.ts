import { readFile } from "node:fs/promises";
import type { ControlRoute } from "./control/route.js";
import type { Answer, Route } from "./http-call.js";

/** The files that the package's build makes of page/; each with its type. */
const files: Readonly<Record<string, string>> = {
  "page.js": "text/javascript; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
  "licences.txt": "text/plain; charset=utf-8",
};

/** Beside what is built; or, when the sources themselves run, where the build puts them. */
const folders = [new URL("./page/", import.meta.url), new URL("../../dist/page/", import.meta.url)];

/** Everything shown came from the network: nothing runs or is drawn but these files, and texts can not become markup. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Beaconry sandbox</title>
<link rel="icon" href="/_sandbox/page/icon.svg">
<link rel="stylesheet" href="/_sandbox/page/page.css">
<script type="module" src="/_sandbox/page/page.js"></script>
</head>
<body><div id="app"></div><noscript>The sandbox's page needs JavaScript. What arrived is at /_sandbox/export.ndjson.</noscript></body>
</html>
`;

/** `GET /`: the page that shows what arrives. */
export const pageRoute: Route = {
  pattern: /^\/$/,
  own: true,
  handle: async () =>
    (await readBuilt("page.js"))
      ? {
          status: 200,
          headers: {
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": policy,
            "referrer-policy": "no-referrer",
          },
          body: html,
        }
      : notBuilt,
};

/** `GET /_sandbox/page/{file}`. */
export const pageFilesRoute: ControlRoute = {
  method: "GET",
  path: /^\/page\/([\w.]+)$/,
  handle: async ({ captured: [name = ""] }) => {
    const type = Object.hasOwn(files, name) ? files[name] : undefined;
    const body = type === undefined ? undefined : await readBuilt(name);
    if (!body) return { status: 404, body: { error: { code: "not_found", message: "the page has no such file" } } };
    return { status: 200, headers: { "content-type": type ?? "" }, body };
  },
};

const notBuilt: Answer = {
  status: 503,
  body: "The sandbox runs, but its page is not built. In Beaconry's repository: pnpm --filter @beaconry/server build\n",
};

async function readBuilt(name: string): Promise<Buffer | undefined> {
  for (const folder of folders) {
    try {
      return await readFile(new URL(name, folder));
    } catch {
      // The next, or none: the answer says so.
    }
  }
  return undefined;
}
