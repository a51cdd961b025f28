import { describe, expect, it, onTestFinished, vi } from "vitest";
import { findSecrets, maskSecrets } from "../../src/cli/mask-secrets.js";
import { readAddress } from "../../src/cli/outbox/outbox-url.js";
import { plainText } from "../../src/cli/plain-text.js";
import { createProgress } from "../../src/cli/progress.js";
import { readFault } from "../../src/cli/sandbox/read-fault.js";
import { tableLines } from "../../src/cli/table.js";
import { count, duration } from "../../src/cli/words.js";

describe("words", () => {
  it.each([
    [0, "0 s"],
    [999, "0 s"],
    [61_000, "1 min 1 s"],
    [7_200_000, "2 h"],
    [8_040_000, "2 h 14 min"],
    [86_400_000, "1 day"],
    [3 * 86_400_000 + 3_600_000 + 5_000, "3 days 1 h"],
    [-5, "0 s"],
  ])("%d ms is %s", (milliseconds, words) => {
    expect(duration(milliseconds)).toBe(words);
  });

  it("counts one and many", () => {
    expect([0, 1, 1_234].map((number) => count(number, "dead letter"))).toEqual([
      "0 dead letters",
      "1 dead letter",
      "1,234 dead letters",
    ]);
  });
});

describe("the progress bar", () => {
  it("has the share, counts and the time left, on a terminal and once the work takes a while", () => {
    let now = 0;
    let written = "";
    const before = Object.getOwnPropertyDescriptor(process.stderr, "isTTY");
    const spies = [
      vi.spyOn(performance, "now").mockImplementation(() => now),
      vi.spyOn(process.stderr, "write").mockImplementation((text) => {
        written += String(text);
        return true;
      }),
    ];
    onTestFinished(() => {
      for (const spy of spies) spy.mockRestore();
      Object.defineProperty(process.stderr, "isTTY", before ?? { value: undefined, configurable: true });
    });
    Object.defineProperty(process.stderr, "isTTY", { value: true, configurable: true });
    vi.stubEnv("TERM", "xterm");
    onTestFinished(() => void vi.unstubAllEnvs());
    const progress = createProgress("Moving", 4_000);
    progress.advance(1_000);
    expect(written).toBe("");
    now = 600;
    progress.advance(1_000);
    expect(written).toMatch(/Moving █+░+ 50 % · 2,000 of 4,000 · .* left/);
    now = 1_200;
    progress.advance(1_000, "77 people");
    progress.end();
    expect(written).toMatch(/75 % · 77 people · .* left/);
  });
});

describe("plainText", () => {
  it("has nothing that moves a cursor or turns the direction of writing, and fits", () => {
    expect(plainText("a\u001b[2Jb\nc\u202ed\u2028e")).toBe("a�[2Jb�c�d�e");
    expect(plainText("x".repeat(300), 10)).toBe(`${"x".repeat(9)}…`);
    expect(plainText("Käufe 🛍 1")).toBe("Käufe 🛍 1");
  });
});

describe("tableLines", () => {
  it("puts texts at the left and numbers at the right", () => {
    const columns = [{ title: "name" }, { title: "waiting", right: true }, { title: "dead" }] as const;
    expect(
      tableLines(columns, [
        ["meta-app", "7", "–"],
        ["d", "1,234,567", "2 refused"],
      ]),
    ).toEqual(["name        waiting  dead", "meta-app          7  –", "d         1,234,567  2 refused"]);
  });
});

describe("addresses of outboxes", () => {
  it.each([
    ["beaconry.db", "sqlite", "beaconry.db"],
    ["C:\\data\\beaconry.db", "sqlite", "C:\\data\\beaconry.db"],
    ["sqlite:data/beaconry.db", "sqlite", "data/beaconry.db"],
    ["postgres://db.example/shop", "postgres", "postgres://db.example/shop"],
    ["postgres://shop:s%3Acret@db.example:5433/shop?sslmode=require", "postgres", "postgres://…@db.example:5433/shop"],
    ["NATS://token@nats.example", "nats", "nats://…@nats.example"],
  ])("%s is of %s and shown as %s", (text, scheme, shown) => {
    expect(readAddress(text)).toMatchObject({ scheme, shown });
  });

  it("repeats nothing of what it can not read", () => {
    expect(() => readAddress("postgres://shop:p[ss@w/rd@db:x/shop")).toThrow(/^(?!.*p\[ss)the outbox is no address/);
    expect(() => readAddress("sqlite:")).toThrow(/names no file/);
  });
});

describe("secrets in messages", () => {
  it("masks tokens of the environment, and passwords of addresses as written and as meant", () => {
    const secrets = findSecrets(["--to=postgres://shop:s%3Acret@db/x", "--json"], {
      META_TOKEN: "EAAB1234",
      BEACONRY_OUTBOX: "nats://opaquetoken@nats",
      HOME: "/root",
    });
    const masked = maskSecrets("EAAB1234 s%3Acret s:cret\n opaquetoken postgres://shop:s%3Acret@db/x /root", secrets);
    expect(masked).toBe("… … … … … /root");
  });
});

describe("faults on a command line", () => {
  it.each([
    ["cut", { kind: "cut" }],
    ["cut,when=after,count=2", { kind: "cut", when: "after", count: 2 }],
    ["latency,delay=100-400,probability=0.5", { kind: "latency", delay: [100, 400], probability: 0.5 }],
    ["rateLimit,endpoint=tiktok.events,code=40100", { kind: "rateLimit", endpoint: "tiktok.events", code: 40_100 }],
    ["answer,body=17", { kind: "answer", body: "17" }],
    ['{"kind":"answer","body":{"a":1}}', { kind: "answer", body: { a: 1 } }],
  ])("%s", (text, fault) => {
    expect(readFault(text)).toEqual(fault);
  });

  it("names what is no field", () => {
    expect(() => readFault("cut,after")).toThrow(/--fault: after is no field, accepted is name=value/);
    expect(() => readFault("{cut}")).toThrow(/--fault: what begins with \{ is no JSON/);
  });
});
