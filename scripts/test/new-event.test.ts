import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSandbox } from "../../packages/server/dist/sandbox.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "beaconry-new-event-"));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** The one row. */
const row = `  BookTable: {
    meaning: "A table was booked.",
    tiktok: "BookTable",
    tiktokApp: "ReserveTable",
    meta: "BookTable",
    metaApp: "fb_mobile_book_table",
    required: ["currency"],
    recommended: { meta: ["numItems"] },
    goals: {},
    objectives: ["sales"],
    stage: "purchaseIntent",
  },
`;

const run = (program: string, args: readonly string[], cwd = copy) =>
  promisify(execFile)(process.execPath, [join(root, "node_modules", program), ...args], { cwd });

/** The sources, and what they are built and checked with; what they depend on is that of the repository. */
beforeAll(() => {
  const vitest = ["vitest.workspace.ts", "scripts/temporary-folder.mjs"];
  for (const file of ["package.json", "tsconfig.base.json", "tsconfig.json", ...vitest, "docs/events.md"]) {
    mkdirSync(join(copy, file, ".."), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  // The types of all other tests are no matter here.
  const workspace = join(copy, "vitest.workspace.ts");
  writeFileSync(workspace, readFileSync(workspace, "utf8").replace("enabled: true", "enabled: false"));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  for (const name of ["core", "pixel", "server"]) {
    const [from, to] = [join(root, "packages", name), join(copy, "packages", name)];
    cpSync(from, to, {
      recursive: true,
      filter: (path) => !/\/(node_modules|dist|bench|drill|(pixel|server)\/test)$/.test(path),
    });
    mkdirSync(join(to, "node_modules/@beaconry"), { recursive: true });
    symlinkSync(join(copy, "packages/core"), join(to, "node_modules/@beaconry/core"));
    for (const entry of readdirSync(join(from, "node_modules"))) {
      if (entry !== "@beaconry") symlinkSync(join(from, "node_modules", entry), join(to, "node_modules", entry));
    }
  }
  const table = join(copy, "packages/core/src/catalog/standard-events.ts");
  const end = "} as const satisfies Record<string, StandardEvent>;";
  writeFileSync(table, readFileSync(table, "utf8").replace(end, `${row}${end}`));
});

it("types it, with the properties that the row requires", async () => {
  writeFileSync(
    join(copy, "packages/server/src/use.ts"),
    `import type { Tracker } from "./tracker.js";
import type { Pixel } from "../../pixel/src/pixel.js";
export function use(pixel: Pixel, tracker: Tracker): void {
  pixel.track("BookTable", { currency: "EUR", numItems: 4 });
  void tracker.track("BookTable", { currency: "EUR" }, { consent: {}, context: { source: "web" } });
  // @ts-expect-error the row requires a currency
  pixel.track("BookTable", { numItems: 4 });
  // @ts-expect-error no such event
  pixel.track("BookTables");
}
`,
  );
  const options = { extends: "./tsconfig.json", files: ["packages/server/src/use.ts"], include: [] };
  writeFileSync(join(copy, "tsconfig.use.json"), JSON.stringify(options));
  await expect(run("typescript/bin/tsc", ["-p", "tsconfig.use.json"])).resolves.toMatchObject({ stdout: "" });
}, 60_000);

it("sends it under each vendor's name, by tag and by server, and names what is missing", async () => {
  for (const name of ["core", "pixel", "server"]) {
    await run("tsup/dist/cli-default.js", ["--no-dts", "--silent"], join(copy, "packages", name));
  }
  const program = `
    import { createTracker, metaAppEvents, metaConversions, tiktokEvents } from "@beaconry/server";
    import { toFbqCall } from "@beaconry/core/meta";
    import { toTtqCall } from "@beaconry/core/tiktok";
    const names = [];
    const tracker = createTracker({
      destinations: [
        tiktokEvents({ pixelCode: "C0DEMO00000000000000", appId: "7000000000000000001", accessToken: "any" }),
        metaConversions({ datasetId: "1000000000001", accessToken: "any" }),
        metaAppEvents({ appId: "1000000000002", appSecret: "any" }),
      ],
      transport: async ({ body }) => {
        names.push(...decodeURIComponent(body).matchAll(/"(?:event|event_name|_eventName)":"(\\w+)"/g).map(([, name]) => name));
        return { status: 200, headers: new Headers(), body: JSON.stringify({ code: 0, success: true, events_received: 1 }) };
      },
    });
    const options = { consent: { advertising: true, advertiserTracking: true }, user: { email: "ada@example.com" } };
    const page = { url: "https://shop.example/" };
    const web = { source: "web", page, userAgent: "Mozilla/5.0" };
    const device = { platform: "android", osVersion: "14", anonId: "XZ1", model: "Pixel 8", locale: "en_US" };
    const app = { source: "app", ip: "203.0.114.9", app: { id: "com.example.shop", name: "Shop", version: "1.0", build: "1" }, device };
    const { issues } = await tracker.track("BookTable", { misspelt: 1 }, { ...options, context: web });
    for (const context of [web, app]) await tracker.track("BookTable", { currency: "EUR" }, { ...options, context });
    await tracker.flush();
    const event = { id: "1", name: "BookTable", properties: { currency: "EUR" } };
    console.log(JSON.stringify({
      names: [...new Set(names)].sort(),
      issues: [...new Set(issues.map(({ code, path }) => code + " " + path))].sort(),
      tags: [toFbqCall(event).method, toFbqCall(event).name, toTtqCall(event)[1]],
    }));
    await tracker.close();
  `;
  const file = join(copy, "packages/server/use.mjs");
  writeFileSync(file, program);
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  expect(JSON.parse(stdout)).toEqual({
    names: ["BookTable", "ReserveTable", "fb_mobile_book_table"],
    issues: ["missing properties.currency", "unknown_property properties.misspelt"],
    tags: ["trackSingle", "BookTable", "BookTable"],
  });
  // The script file has the list alone, worked out from the table.
  const script = readFileSync(join(copy, "packages/pixel/dist/beaconry.global.js"), "utf8");
  expect(script).toMatch(/ViewContent BookTable"/);
  expect(script).not.toContain("fb_mobile");
}, 60_000);

it("has a sample for `beaconry send`", async () => {
  await using sandbox = await createSandbox();
  const command = join(copy, "packages/server/dist/cli.js");
  await promisify(execFile)(process.execPath, [command, "send", "BookTable", "--sandbox", sandbox.url]);
  const received = sandbox.events().map(({ vendor, name, payload }) => [vendor, name, JSON.stringify(payload)]);
  expect(received.map(([vendor, name]) => `${vendor} ${name}`).sort()).toEqual(["meta BookTable", "tiktok BookTable"]);
  for (const [, , payload] of received) expect(payload).toContain('"currency":"EUR"');
}, 60_000);

it("goes into the document by the command that CONTRIBUTING names", async () => {
  const test = "packages/core/test/catalog/events-document.test.ts";
  await run("vitest/vitest.mjs", ["run", "--config", "vitest.workspace.ts", "--project", "core", test, "-u"]);
  const document = readFileSync(join(copy, "docs/events.md"), "utf8");
  expect(document).toContain(
    "| `BookTable` | A table was booked. | `BookTable` | `ReserveTable` | `BookTable` | `fb_mobile_book_table` | sales | purchaseIntent |",
  );
  expect(document).toContain("| `BookTable` | `currency` | – | `numItems` | – | – |");
}, 60_000);
