// @vitest-environment node
import { readFile } from "node:fs/promises";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { minify } from "terser";
import { expect, test } from "vitest";
import { type BeaconryGlobal, installGlobal } from "../src/global.js";
import type { Call } from "../src/queue-calls.js";

/** As tsup.config.ts builds it. */
async function buildStub(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL("../src/stub.ts", import.meta.url).pathname],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2017",
  });
  const { code = "" } = await minify(outputFiles[0]?.text ?? "", {
    toplevel: false,
    compress: { passes: 3, toplevel: false },
  });
  return code;
}

test("takes calls under the pixel's names, which the script makes in their order", async () => {
  const window: { beaconry?: Call[] | BeaconryGlobal } = {};
  const page = { window, ...window };
  runInNewContext(await buildStub(), page);
  const stub = window.beaconry as unknown as Record<string, (...given: unknown[]) => unknown>;
  const heard: string[] = [];
  stub.track?.("ViewContent");
  stub.create?.({ endpoint: "/collect", pageViews: "manual" });
  stub.on?.("tracked", ({ name }: { name: string }) => heard.push(name));
  stub.track?.("Search", { searchString: "socks" });
  expect([...(window.beaconry as Call[])].map((call) => [...call][0])).toEqual(["track", "create", "on", "track"]);
  // Nothing else became a global.
  expect(Object.keys(page)).toEqual(["window"]);
  window.beaconry = [...(window.beaconry as Call[])].map((call) => [...call] as unknown as Call);
  installGlobal(window);
  expect(typeof (window.beaconry as unknown as BeaconryGlobal).pixel?.track).toBe("function");
});

test("does not lose what another stub has queued", async () => {
  const window = { beaconry: [["page"]] as Call[] };
  runInNewContext(await buildStub(), { window });
  expect(window.beaconry).toHaveLength(1);
  expect(window.beaconry).toHaveProperty("track");
});

test("is below 600 bytes, and the one that the README shows", async () => {
  const stub = (await buildStub()).trim().replace(/^"use strict";/, "");
  expect(stub.length).toBeLessThan(600);
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  expect(readme).toContain(`<script>${stub}</script>`);
});
