import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Browser } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { launchChromium } from "../../scripts/launch-chromium.mjs";
import { inPackedProject } from "../../scripts/packed.mjs";
import { readSnippets } from "./read-snippets.js";

interface Received {
  vendor: string;
  name: string;
  id: string;
  side: string;
  outcome: string;
  matchKeys: string[];
}

/**
 * Follows the page: its files, its commands in their order, its two buttons. Other than there are the ports, so that
 * tests can run side by side, and where the packages come from: packed here, as they would be published.
 */
it("ends with a purchase that both vendors count once", { timeout: 180_000 }, async () => {
  const [sandboxPort, shopPort] = await Promise.all([freePort(), freePort()]);
  const local = (text: string) => text.replaceAll("4010", `${sandboxPort}`).replaceAll("3000", `${shopPort}`);
  const snippets = readSnippets("docs/start.md");
  const files = snippets.flatMap(({ words, code }) => {
    const name = /\[(.+)\]/.exec(words.join(" "))?.[1];
    return name ? [[name, local(code)] as const] : [];
  });
  const commands = snippets.filter(({ language }) => language === "sh").map(({ code }) => code.trim());
  const [install, sandbox = "", server = ""] = commands;
  expect(install).toContain("npm install @beaconry/pixel @beaconry/server");
  expect([sandbox, server]).toEqual(["npx beaconry sandbox", "node server.mjs"]);
  expect(files.map(([name]) => name)).toEqual(["server.mjs", "shop.html"]);

  await inPackedProject(["core", "pixel", "server"], async (project: string) => {
    for (const [name, code] of files) writeFileSync(`${project}/${name}`, code);
    const processes: ChildProcess[] = [];
    try {
      processes.push(await start(`${sandbox} --port ${sandboxPort}`, project, sandboxPort));
      processes.push(await start(server, project, shopPort));
      const browser = await launchChromium();
      onTestFinished(() => browser.close());
      await shop(browser, `http://127.0.0.1:${shopPort}`, `http://127.0.0.1:${sandboxPort}`);
    } finally {
      await Promise.all(processes.map(end));
    }
  });
});

async function shop(browser: Browser, shopUrl: string, sandboxUrl: string): Promise<void> {
  const page = await browser.newPage();
  await page.goto(shopUrl);
  await page.waitForLoadState("networkidle");
  expect(await received(sandboxUrl)).toEqual([]);

  await page.click("#agree");
  await page.click("#buy");
  await expect
    .poll(async () => (await received(sandboxUrl)).filter(({ name }) => name === "Purchase").length, {
      timeout: 20_000,
    })
    .toBe(4);
  const purchases = (await received(sandboxUrl)).filter(({ name }) => name === "Purchase");
  expect(new Set(purchases.map(({ id }) => id)).size).toBe(1);
  for (const vendor of ["tiktok", "meta"]) {
    const copies = purchases.filter((one) => one.vendor === vendor);
    expect(copies.map(({ side }) => side).sort()).toEqual(["browser", "server"]);
    expect(copies.map(({ outcome }) => outcome).sort()).toEqual(["counted", "deduplicated"]);
    expect(copies.find(({ side }) => side === "server")?.matchKeys).toContain(vendor === "meta" ? "em" : "email");
  }
}

async function received(sandboxUrl: string): Promise<Received[]> {
  const lines = await (await fetch(`${sandboxUrl}/_sandbox/export.ndjson`)).text();
  return lines
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Starts a command of the page and waits until its port answers. */
async function start(command: string, cwd: string, port: number): Promise<ChildProcess> {
  // A group of its own: `npx` starts the command as a child.
  const child = spawn(command, { cwd, shell: true, detached: true, stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr?.on("data", (chunk) => {
    words += chunk;
  });
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${command} ended with ${child.exitCode}: ${words}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return child;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  process.kill(-child.pid, "SIGTERM");
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address ? address.port : 0;
}
