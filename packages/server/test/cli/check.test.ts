import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findIssues } from "../../src/cli/check/find-issues.js";
import { readEvent } from "../../src/cli/check/read-event.js";
import { beaconry, command, makeFolder, start } from "./beaconry.js";

const hour = 3_600_000;
const now = Date.parse("2026-03-02T12:00:00Z");
const at = ["--at", "2026-03-02T12:00:00Z"];

/** An event in which nothing is wrong. */
const good = {
  id: "1",
  name: "Purchase",
  time: now - hour,
  properties: { currency: "EUR", value: 21.97 },
  user: { email: "ada@example.com" },
  context: { source: "web", page: { url: "https://shop.example/" }, ip: "203.0.113.7", userAgent: "Mozilla/5.0" },
  consent: { advertising: true },
};
const { context } = good;
const app = {
  source: "app",
  ip: "203.0.113.7",
  app: { id: "com.example.shop" },
  device: { platform: "android", osVersion: "14", anonId: "XZ1" },
};
const appConsent = { advertising: true, advertiserTracking: true };

async function check(lines: readonly unknown[], ...args: string[]) {
  const input = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n");
  const { code, stdout, stderr } = await beaconry(["check", "-", ...at, "--json", ...args], { input });
  expect(stderr).toBe("");
  const found = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { code, summary: found.pop().summary, found };
}

describe("beaconry check", () => {
  it("finds nothing wrong with good events of each kind, one of a page too", async () => {
    const clicks = { ttp: "ttp-1" };
    const page = { ...good, user: undefined, tags: ["meta"], context: { source: "web", page: context.page, clicks } };
    const events = [
      good,
      { ...good, time: new Date(good.time) },
      page,
      { ...good, context: app, consent: appConsent },
      { ...good, context: { source: "email" } },
    ];
    expect(await check(events)).toEqual({
      code: 0,
      found: [],
      summary: { lines: 5, malformed: 0, withErrors: 0, withWarnings: 0, errors: {}, warnings: {} },
    });
  });

  const error = (code: string, path: string, ...vendors: string[]) => ["error", code, path, vendors];
  const warning = (code: string, path: string, ...vendors: string[]) => ["warning", code, path, vendors];
  const both = ["meta", "tiktok"];

  // Codes and vendors by the rules of the vendors' documents, as core has them.
  const cases: [what: string, change: object, expected: unknown[]][] = [
    [
      "no value",
      { properties: { currency: "EUR" } },
      [error("missing", "properties.value", "meta"), warning("missing", "properties.value", "tiktok")],
    ],
    [
      "no user agent",
      { context: { ...context, userAgent: undefined } },
      [error("missing", "context.userAgent", "meta")],
    ],
    [
      "nobody",
      { user: {}, context: { source: "web", page: context.page, userAgent: "x" } },
      [error("too_weak", "user", "meta"), warning("too_weak", "user", "tiktok")],
    ],
    ["too old", { time: now - 169 * hour }, [error("too_old", "time", "meta"), error("too_old", "time", "tiktok")]],
    ["in the future", { time: now + hour }, [error("in_future", "time", ...both)]],
    ["refused", { consent: { advertising: false } }, [error("consent", "consent.advertising", ...both)]],
    ["an old name", { name: "CompletePayment" }, [warning("legacy_name", "name", ...both)]],
    [
      "a text for a number",
      { properties: { currency: "EUR", value: "21.97" } },
      [warning("wrong_type", "properties.value", ...both)],
    ],
    ["no time", { time: undefined }, [error("missing", "time", ...both)]],
    ["a time that is none", { time: "yesterday" }, [error("wrong_type", "time", ...both)]],
    ["no id", { id: "" }, [error("wrong_type", "id", ...both)]],
    ["no consent at all", { consent: undefined }, [error("missing", "consent", ...both)]],
    ["another source", { context: { source: "www" } }, [error("wrong_type", "context.source", ...both)]],
    ["a number for an address", { context: { ...context, ip: 7 } }, [error("wrong_type", "context.ip", ...both)]],
    [
      "null for a language",
      { context: { ...context, locale: null } },
      [error("wrong_type", "context.locale", ...both)],
    ],
    ["a member that nobody knows", { value: 5 }, [warning("unknown_property", "value", ...both)]],
    [
      "an address as match key",
      { matchKeys: { meta: { em: "ada@example.com" } } },
      [error("wrong_value", "matchKeys.meta.em", "meta")],
    ],
    [
      "a person in the clear from a page",
      { tags: [] },
      [
        warning("wrong_value", "context.ip", ...both),
        warning("wrong_value", "context.userAgent", ...both),
        warning("wrong_value", "user", ...both),
        warning("too_weak", "user", "tiktok"),
      ],
    ],
    [
      "a page in a store",
      { tags: [], context: { source: "store" }, user: undefined },
      [error("wrong_value", "context.source", ...both)],
    ],
    [
      "an app that was not asked",
      { context: app, consent: { advertising: true } },
      // Without the person's data TikTok has nobody to recognise.
      [warning("consent_unset", "consent.advertiserTracking", "meta"), warning("too_weak", "user", "tiktok")],
    ],
  ];

  it("finds what a vendor would refuse or count for less, with line, code, path and vendors", async () => {
    const { code, found } = await check([good, ...cases.map(([, change]) => ({ ...good, ...change }))]);
    const byLine = new Map(found.map(({ line, issues }) => [line, issues]));
    const seen = cases.map(([what], index) => {
      const issues: Record<string, unknown>[] = byLine.get(index + 2) ?? [];
      return [what, issues.map(({ severity, code, path, vendors }) => [severity, code, path, vendors])];
    });
    expect(seen).toEqual(cases.map(([what, , expected]) => [what, expected]));
    expect(byLine.has(1)).toBe(false);
    expect(code).toBe(1);
  });

  it("ends with 0 where there are only warnings", async () => {
    const { code, summary } = await check([{ ...good, name: "CompletePayment" }]);
    expect({ code, summary }).toMatchObject({ code: 0, summary: { withErrors: 0, withWarnings: 1 } });
  });

  it("asks one vendor, another API for apps, and not after the age, where told to", async () => {
    const old = { ...good, id: "old", time: 0, context: { ...context, userAgent: undefined } };
    const codes = async (...args: string[]) => {
      const { found } = await check([old], ...args);
      return found.flatMap(({ issues }) => issues.map((issue: { code: string }) => issue.code));
    };
    expect(await codes("--no-age")).toEqual(["missing"]);
    expect(await codes("--vendor", "tiktok")).toEqual(["too_old"]);
    expect(await codes("--vendor", "tiktok", "--no-age")).toEqual([]);
    const chat = { ...good, context: { source: "chat" } };
    expect((await check([chat], "--vendor", "tiktok")).found[0].issues).toMatchObject([{ code: "unsupported_source" }]);
    const noAddress = { ...good, context: { ...app, ip: undefined }, consent: appConsent };
    expect((await check([noAddress], "--apps-by", "conversions")).code).toBe(0);
    expect((await check([noAddress])).found[0].issues).toMatchObject([{ path: "context.ip", vendors: ["meta"] }]);
  });

  it("reports lines that are no events, and goes on", async () => {
    const lines = ["", JSON.stringify(good), "no json", "[]", "5", "null", "   ", `${JSON.stringify(good)}\r`, '{"a":'];
    const { code, found, summary } = await check(lines);
    expect(found).toEqual([
      { line: 3, malformed: "no JSON", issues: [] },
      { line: 4, malformed: "no JSON object", issues: [] },
      { line: 5, malformed: "no JSON object", issues: [] },
      { line: 6, malformed: "no JSON object", issues: [] },
      { line: 9, malformed: "no JSON", issues: [] },
    ]);
    expect({ code, summary }).toMatchObject({ code: 1, summary: { lines: 7, malformed: 5 } });
  });

  it("reads a byte order mark, and reports what is no UTF-8 or too long", async () => {
    const line = Buffer.from(`${JSON.stringify(good)}\n`);
    const input = Buffer.concat([
      Buffer.from([0xef, 0xbb, 0xbf]),
      line,
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.alloc(1_048_577, "x"),
      Buffer.from("\n"),
      line,
    ]);
    const { code, stdout } = await beaconry(["check", "-", ...at], { input });
    expect(code).toBe(1);
    expect(stdout).toBe(
      [
        "stdin:2",
        "  malformed  not UTF-8",
        "stdin:3",
        "  malformed  longer than 1048576 bytes",
        "4 lines: 2 events without an issue, 0 events with warnings, 0 events with errors, 2 malformed lines",
        "",
      ].join("\n"),
    );
  });

  it("says it in words, without a person's value and without what would move a cursor", async () => {
    const file = join(makeFolder(), "events.ndjson");
    const wrong = {
      ...good,
      id: "order\u001b[2J-7",
      user: { email: "ada.example.com", phone: "030 901820" },
      properties: { currency: "EUR", "\u202ecolour": "red" },
    };
    writeFileSync(file, `${JSON.stringify(good)}\n${JSON.stringify(wrong)}`);
    const { code, stdout, stderr } = await beaconry(["check", file, ...at]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toContain(`${file}:2  Purchase  order�[2J-7\n`);
    expect(stdout).toMatch(/^ {2}error {4}meta {10}properties\.value is required for Purchase {2}missing$/m);
    expect(stdout).toMatch(/^ {2}warning {2}meta, tiktok {2}user\.email is unusable and left out: .* {2}unusable$/m);
    expect(stdout).toMatch(/^2 lines: 1 event without an issue, 0 events with warnings, 1 event with errors, 0 malf/m);
    expect(stdout).not.toMatch(/ada\.example|901820|\u202e/);
  });

  it("is ended in silence by a reader that goes away", async () => {
    const file = join(makeFolder(), "events.ndjson");
    writeFileSync(file, "no json\n".repeat(50_000));
    const shell = [process.execPath, ...command, "check", file].map((part) => `'${part}'`).join(" ");
    const pipe = spawn("bash", ["-c", `${shell} | head -n 1; echo \${PIPESTATUS[0]}`]);
    const [stdout, stderr] = await Promise.all([text(pipe.stdout), text(pipe.stderr), once(pipe, "close")]);
    expect({ stdout, stderr }).toEqual({ stdout: `${file}:1\n141\n`, stderr: "" });
  });

  // Linux tells of a process how much memory it had at most.
  it.runIf(process.platform === "linux")("takes little memory, however long the file and its lines", async () => {
    const child = start(["check", "-", ...at]);
    const stdout = text(child.stdout);
    const send = async (bytes: Uint8Array) => {
      if (!child.stdin.write(bytes)) await once(child.stdin, "drain");
    };
    const mostMemory = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]);
    const lines = Buffer.from(`${JSON.stringify(good)}\n`.repeat(1_000));
    await send(lines);
    const pieces = 150;
    for (let piece = 0; piece < 9; piece++) await send(lines);
    const before = mostMemory();
    for (let piece = 0; piece < pieces; piece++) await send(Buffer.alloc(1_000_000, "x"));
    await send(Buffer.from("\n"));
    for (let piece = 0; piece < 9; piece++) await send(lines);
    const after = mostMemory();
    child.stdin.end();
    expect(await stdout).toMatch(/^19,001 lines: 19,000 events without an issue, .* 1 malformed line$/m);
    // 150 MB came in between.
    expect(after - before).toBeLessThan(80_000);
  });

  it("never throws, whatever JSON comes", () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const oddly = (value: object): fc.Arbitrary<unknown> =>
      fc.record(
        Object.fromEntries(
          Object.entries(value).map(([name, member]) => [
            name,
            fc.oneof(typeof member === "object" && member !== null ? oddly(member) : fc.constant(member), json),
          ]),
        ),
        { requiredKeys: [] },
      );
    const full = { ...good, matchKeys: { meta: { em: "x" }, tiktok: {} }, tags: ["meta"] };
    const kinds = [
      full,
      {
        ...full,
        tags: undefined,
        context: { ...context, ...app, messaging: {}, lead: {}, store: {}, ad: {}, clicks: {} },
      },
    ];
    fc.assert(
      fc.property(fc.oneof(...kinds.map(oddly), json), (value) => {
        const read = readEvent(JSON.parse(JSON.stringify(value)));
        if (read) findIssues(read, { now });
      }),
      { numRuns: 3_000 },
    );
  });
});
