import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventEntry, FeedEntry, RequestEntry } from "../../src/sandbox/feed/entries.js";
import { Counts } from "../../src/sandbox/page/model/counts.js";
import { Delays } from "../../src/sandbox/page/model/delays.js";
import { explain, explainAge } from "../../src/sandbox/page/model/explain.js";
import { noFilter } from "../../src/sandbox/page/model/filter.js";
import { Funnel } from "../../src/sandbox/page/model/funnel.js";
import { jsonLines } from "../../src/sandbox/page/model/json-lines.js";
import { matchQuality } from "../../src/sandbox/page/model/match-quality.js";
import { OrderedList } from "../../src/sandbox/page/model/ordered-list.js";
import type { EventRow, Row } from "../../src/sandbox/page/model/row.js";
import { Rows } from "../../src/sandbox/page/model/rows.js";
import { Timeline } from "../../src/sandbox/page/model/timeline.js";
import { duration, money } from "../../src/sandbox/page/model/words.js";

const NOW = Date.UTC(2026, 10, 21, 12);
const MINUTE = 60_000;

let next = 0;
const event = (more: Partial<EventEntry> = {}): EventEntry => ({
  kind: "event",
  sequence: next++,
  endpoint: "meta.conversions",
  sourceId: "1234",
  name: "AddToCart",
  id: "e-1",
  time: NOW - 1_000,
  receivedAt: NOW,
  outcome: "counted",
  matchKeys: [],
  warnings: [],
  ...more,
});
const browser = (more: Partial<EventEntry> = {}) => event({ endpoint: "meta.pixel", ...more });
const refused = (more: Partial<RequestEntry> = {}): RequestEntry => ({
  kind: "request",
  sequence: next++,
  endpoint: "meta.conversions",
  sourceId: "1234",
  receivedAt: NOW,
  sent: 1,
  taken: 0,
  names: ["AddToCart"],
  ids: [],
  refusal: { code: "100/2804016", message: "not hashed" },
  bytes: 100,
  ...more,
});

function rowsOf(entries: readonly FeedEntry[], { now = NOW, maxCopies = 50_000 } = {}) {
  const rows = new Rows([], maxCopies);
  for (const entry of entries) rows.apply(entry, now);
  return rows;
}
const states = (rows: Rows) => [...rows.all].map((row) => row.state);
const first = (rows: Rows) => rows.all.at(0) as EventRow;

describe("copies joined by vendor, name and id", () => {
  test("both sides' copies are one row, counted once", () => {
    const rows = rowsOf([event(), browser({ outcome: "deduplicated" })]);
    expect(states(rows)).toEqual(["paired"]);
    expect(explain(first(rows), rows)).toContain("Meta counts the server's");
  });

  test("a copy favoured later turns the outcome round", () => {
    const server = event();
    const rows = rowsOf([server, browser()]);
    expect(states(rows)).toEqual(["twice"]);
    rows.apply({ kind: "outcome", sequence: server.sequence, outcome: "deduplicated" }, NOW);
    expect(states(rows)).toEqual(["paired"]);
    expect(explain(first(rows), rows)).toContain("Meta counts the browser's");
  });

  test.each([
    ["vendor", { endpoint: "tiktok.events" as const }],
    ["name", { name: "Purchase" }],
    ["id", { id: "e-2" }],
    ["lack of an id", { id: undefined }],
  ])("another %s is another row", (_, more) => {
    expect(rowsOf([event(), event(more)]).all.length).toBe(2);
  });

  test("copies to two sources stay one row, which says that both count", () => {
    const rows = rowsOf([event(), browser({ sourceId: "5678" })]);
    expect(states(rows)).toEqual(["twice"]);
    expect(explain(first(rows), rows)).toMatch(/counts it 2 times.*different sources \(1234, 5678\)/);
  });

  test("beyond five minutes a copy is late", () => {
    const rows = rowsOf([browser(), event({ receivedAt: NOW + 6 * MINUTE, outcome: "deduplicated" })]);
    expect(states(rows)).toEqual(["late"]);
    expect(explain(first(rows), rows)).toBe(
      "The server's copy came 6 min after the browser's. Beyond 5 min it is only dropped: the browser's is no longer favoured.",
    );
  });

  test("one side's copies", () => {
    const rows = rowsOf([event(), event({ outcome: "deduplicated" }), event({ outcome: "deduplicated" })]);
    expect(states(rows)).toEqual(["repeated"]);
    expect(explain(first(rows), rows)).toBe("The server sent it 3 times. Meta counts it once.");
  });

  test("a sender's loop of one id costs no more than twenty copies", () => {
    const rows = rowsOf(Array.from({ length: 1_000 }, () => event({ outcome: "deduplicated" })));
    expect([first(rows).copies.length, first(rows).more, rows.copies]).toEqual([20, 980, 20]);
  });
});

describe("alone", () => {
  const both = [browser({ id: "e-0" }), event({ id: "e-0", outcome: "deduplicated" as const })];

  test("a source that sends from both sides is expected to, after ten seconds", () => {
    const rows = rowsOf([...both, browser({ id: "e-2" })]);
    expect(states(rows)).toEqual(["paired", "waiting"]);
    expect(rows.tick(NOW + 9_999)).toBe(false);
    expect(rows.tick(NOW + 10_000)).toBe(true);
    expect(states(rows)).toEqual(["paired", "alone"]);
    rows.apply(event({ id: "e-2", outcome: "deduplicated", receivedAt: NOW + MINUTE }), NOW + MINUTE);
    expect(states(rows)).toEqual(["paired", "paired"]);
  });

  test("events that came before the source's other side are judged anew", () => {
    const rows = rowsOf([browser({ id: "e-9" }), ...both], { now: NOW + MINUTE });
    expect(states(rows)).toEqual(["alone", "paired"]);
  });

  test.each([
    ["a source with one side", browser({ sourceId: "999" })],
    ["an event without an id", browser({ id: undefined })],
    ["an event from elsewhere than a page", event({ offPage: true })],
  ])("not %s", (_, entry) => {
    expect(states(rowsOf([...both, entry], { now: NOW + MINUTE }))).toEqual(["paired", "single"]);
  });

  test("not TikTok's page views, which the tag sends without an id", () => {
    const ofTikTok = (endpoint: "tiktok.pixel" | "tiktok.events", more: Partial<EventEntry>) =>
      event({ endpoint, ...more });
    const pair = [ofTikTok("tiktok.pixel", {}), ofTikTok("tiktok.events", { outcome: "deduplicated", merged: true })];
    const rows = rowsOf([...pair, ofTikTok("tiktok.events", { name: "Pageview" })], { now: NOW + MINUTE });
    expect(states(rows)).toEqual(["paired", "single"]);
  });

  test("says whether the other side gives other ids, never sends the event, or was refused", () => {
    const why = (entries: readonly FeedEntry[]) => {
      const rows = rowsOf([...both, ...entries], { now: NOW + MINUTE });
      const row = [...rows.all].find(({ state }) => state === "alone");
      return row?.kind === "event" ? explain(row, rows) : undefined;
    };
    expect(why([browser({ id: "e-2" })])).toContain("the server sent AddToCart under other ids");
    expect(why([browser({ id: "e-2", name: "Lead" })])).toContain("the server never sent Lead");
    expect(why([browser({ id: "e-2" }), refused({ ids: ["e-2"] })])).toContain(
      "the request with the other was refused",
    );
  });

  test("the same id under another name, and at the other vendor, is told", () => {
    const rows = rowsOf([event(), event({ name: "Purchase" }), event({ endpoint: "tiktok.events" })]);
    expect(rows.relatives(first(rows)).map(({ vendor, name }) => `${vendor} ${name}`)).toEqual([
      "tiktok AddToCart",
      "meta Purchase",
    ]);
  });
});

test("an event that reaches the Conversions API hours after it happened is said to", () => {
  const age = (time: number, more: Partial<EventEntry> = {}) => explainAge(first(rowsOf([event({ time, ...more })])));
  expect(age(NOW - 59 * MINUTE)).toBeUndefined();
  expect(age(NOW - 3 * 60 * MINUTE)).toMatch(/3 h after it happened.*within an hour is best, and beyond two/);
  expect(age(NOW - 30 * 60 * MINUTE)).toBeUndefined();
  expect(age(NOW - 3 * 60 * MINUTE, { endpoint: "tiktok.events" })).toBeUndefined();
});

describe("what is kept", () => {
  test("no more copies than allowed, the newest", () => {
    const rows = rowsOf(
      Array.from({ length: 250 }, (_, index) => event({ id: `e-${index}` })),
      { maxCopies: 100 },
    );
    expect([rows.copies, rows.all.length, first(rows).id]).toEqual([100, 100, "e-150"]);
    expect(rows.relatives(event({ id: "e-3" }) as unknown as EventRow)).toEqual([]);
  });

  test("no more refused requests than 5,000", () => {
    const rows = rowsOf(Array.from({ length: 5_100 }, (_, index) => refused({ ids: [`e-${index}`] })));
    expect(rows.all.length).toBe(5_000);
    const copy = (id: string) => rows.refusedCopy(first(rowsOf([event({ id })])));
    expect([copy("e-0"), copy("e-5000")?.entry.ids]).toEqual([undefined, ["e-5000"]]);
  });

  test("an entry told twice counts once, and a reset forgets", () => {
    const one = event();
    const rows = rowsOf([one, one]);
    expect(rows.copies).toBe(1);
    rows.apply({ kind: "clear" }, NOW);
    expect([rows.copies, rows.all.length]).toEqual([0, 0]);
  });

  const entries = fc.array(
    fc.record({
      what: fc.constantFrom("event", "event", "event", "refused", "outcome", "tick", "clear"),
      endpoint: fc.constantFrom("meta.pixel", "meta.conversions", "tiktok.pixel", "tiktok.events"),
      id: fc.constantFrom(undefined, "a", "b", "c", "d"),
      name: fc.constantFrom("PageView", "AddToCart", "Purchase"),
      outcome: fc.constantFrom("counted", "deduplicated"),
      value: fc.constantFrom(undefined, 0.1, 0.2, 19.99),
      warnings: fc.constantFrom([], ["no event_id"]),
      back: fc.nat(5),
    }),
    { maxLength: 60 },
  );

  test("figures that move with each change are those of a count from the beginning", () => {
    fc.assert(
      fc.property(entries, fc.constantFrom(3, 10, 50_000), (steps, maxCopies) => {
        const counts = new Counts();
        const funnel = new Funnel();
        const rows = new Rows([counts, funnel], maxCopies);
        rows.setFilter({ ...noFilter, issuesOnly: true });
        let at = NOW;
        let last = next;
        for (const { what, back, ...more } of steps) {
          at += 4_000;
          if (what === "clear") rows.apply({ kind: "clear" }, at);
          else if (what === "tick") rows.tick(at);
          else if (what === "outcome")
            rows.apply({ kind: "outcome", sequence: last - back, outcome: more.outcome }, at);
          else if (what === "refused") rows.apply(refused({ receivedAt: at, ids: more.id ? [more.id] : [] }), at);
          else
            rows.apply(
              event({ ...more, time: at - back * 100, receivedAt: at, ...(more.value && { currency: "EUR" }) }),
              at,
            );
          last = next - 1;
        }
        const anew = { counts: new Counts(), funnel: new Funnel() };
        for (const row of rows.all) for (const observer of [anew.counts, anew.funnel]) observer.add(row);
        expect(JSON.stringify(counts.endpoints)).toBe(JSON.stringify(anew.counts.endpoints));
        expect([counts.states, counts.issues, [...counts.names].sort()]).toEqual([
          ...[anew.counts.states, anew.counts.issues, [...anew.counts.names].sort()],
        ]);
        expect([...counts.errors.values()]).toEqual([...anew.counts.errors.values()]);
        expect(funnel.steps()).toEqual(anew.funnel.steps());
        const shown = [...rows.shown];
        rows.setFilter({ ...noFilter, issuesOnly: true });
        expect(shown).toEqual([...rows.shown]);
        expect(rows.copies).toBeLessThanOrEqual(Math.max(maxCopies, 20));
      }),
      { numRuns: 300 },
    );
  });
});

describe("filters", () => {
  const entries = [
    event({ id: "e-1", warnings: ["em is not a SHA-256 hash"], matchKeys: ["em"] }),
    browser({ id: "e-1", outcome: "deduplicated" }),
    event({ id: "e-2", endpoint: "tiktok.events", name: "Purchase", sourceId: "C0FFEE" }),
    refused(),
  ];
  test.each([
    ["vendor", { vendor: "tiktok" as const }, ["e-2"]],
    ["side", { side: "browser" as const }, ["e-1"]],
    ["outcome", { state: "refused" as const }, ["100/2804016"]],
    ["name", { name: "AddToCart" }, ["e-1", "100/2804016"]],
    ["issues", { issuesOnly: true }, ["e-1", "100/2804016"]],
    ["an id", { text: "E-2" }, ["e-2"]],
    ["a source", { text: "coffee" }, []],
    ["a source in another case", { text: "c0ffee" }, ["e-2"]],
    ["a warning", { text: "sha-256" }, ["e-1"]],
    ["a code", { text: "2804016" }, ["100/2804016"]],
    ["several", { vendor: "meta" as const, text: "e-2" }, []],
  ])("by %s", (_, filter, expected) => {
    const rows = rowsOf(entries);
    rows.setFilter({ ...noFilter, ...filter });
    expect([...rows.shown].map((row) => (row.kind === "event" ? row.id : row.entry.refusal.code))).toEqual(expected);
  });
});

describe("funnel", () => {
  test("an id counts once over vendors and sides; amounts are summed by currency", () => {
    const funnel = new Funnel();
    const rows = new Rows([funnel]);
    const purchase = { name: "Purchase", value: 21.97, currency: "EUR" };
    for (const entry of [
      event({ name: "PageView", id: "v-1" }),
      event({ name: "Pageview", id: "v-1", endpoint: "tiktok.events" }),
      event({ name: "PageView", id: undefined }),
      browser({ name: "Purchase", id: "p-1" }),
      event({ ...purchase, id: "p-1", outcome: "deduplicated" }),
      event({ ...purchase, id: "p-1", endpoint: "tiktok.events" }),
      event({ name: "fb_mobile_purchase", endpoint: "meta.appEvents", id: "p-2", value: 10, currency: "USD" }),
      event({ name: "CompletePayment", endpoint: "tiktok.events", id: "p-3", value: 0.03, currency: "EUR" }),
    ]) {
      rows.apply(entry, NOW);
    }
    expect(funnel.steps().map(({ label, count }) => [label, count])).toEqual([
      ["Visit", 2],
      ["View content", 0],
      ["Add to cart", 0],
      ["Checkout", 0],
      ["Purchase", 3],
    ]);
    expect(funnel.revenue()).toEqual([
      { currency: "EUR", amount: 22 },
      { currency: "USD", amount: 10 },
    ]);
    rows.apply({ kind: "clear" }, NOW);
    expect([funnel.steps().map(({ count }) => count), funnel.revenue()]).toEqual([[0, 0, 0, 0, 0], []]);
  });

  test("the drop-off is of the step before", () => {
    const funnel = new Funnel();
    const rows = new Rows([funnel]);
    const many = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => event({ name, id: `${name}-${index}` }));
    for (const entry of [...many("PageView", 8), ...many("ViewContent", 6), ...many("AddToCart", 6)])
      rows.apply(entry, NOW);
    expect(funnel.steps().map(({ dropOff }) => dropOff)).toEqual([undefined, 0.25, 0, 1, undefined]);
  });
});

describe("match quality", () => {
  const ofMeta = (matchKeys: readonly string[], warnings: readonly string[] = [], fromBrowser = false) =>
    matchQuality({ vendor: "meta", matchKeys, warnings, fromBrowser });

  test("is the chance that one of the keys is recognised", () => {
    expect(ofMeta([])).toMatchObject({ score: 0, grade: "poor" });
    expect(ofMeta(["em"]).score).toBe(5);
    // 1 − 0.5 × 0.5 × 0.75 × 0.8
    expect(ofMeta(["em", "ph", "fbp", "client_ip_address", "client_user_agent"])).toMatchObject({
      score: 8.5,
      grade: "great",
    });
    expect(ofMeta(["client_user_agent"]).score).toBe(0.5);
  });

  test("what Meta refuses as too weak is poor, what it takes as strongest great", () => {
    expect(ofMeta(["ct", "country", "st", "zp", "ge", "client_user_agent"]).grade).toBe("poor");
    expect(ofMeta(["em", "ph", "fbc"]).grade).toBe("great");
  });

  test("a browser's request tells address and user agent", () => {
    expect(ofMeta(["fbp"], [], true).score).toBe(4);
  });

  test("a key that can not match counts nothing and says why", () => {
    const { score, keys } = ofMeta(
      ["em", "external_id"],
      ["em is not a SHA-256 hash: it is ignored", "external_id is not a SHA-256 hash: hashing it is recommended"],
    );
    expect(score).toBe(2.5);
    expect(keys.find(({ key }) => key === "em")).toMatchObject({
      chance: 0,
      reason: "is not a SHA-256 hash: it is ignored",
    });
  });

  test("advises the keys that would raise it most", () => {
    expect(ofMeta(["em"]).advice.map(({ key, score }) => [key, score])).toEqual([
      ["ph", 7.5],
      ["fbc", 7.5],
      ["external_id", 6.3],
    ]);
  });

  test("the same thing twice tells no more", () => {
    const both = matchQuality({
      vendor: "tiktok",
      matchKeys: ["email", "sha256_email"],
      warnings: [],
      fromBrowser: false,
    });
    expect(both.score).toBe(5);
  });
});

test("percentiles are within five percent, and values can be taken out again", () => {
  const delays = new Delays();
  for (let value = 1; value <= 1_000; value++) delays.add(value, 1);
  for (const part of [0.01, 0.5, 0.95, 1]) {
    const exact = part * 1_000;
    expect(Math.abs((delays.percentile(part) ?? 0) - exact)).toBeLessThan(exact * 0.05 + 0.5);
  }
  for (let value = 1; value <= 1_000; value++) delays.add(value, -1);
  expect(delays.percentile(0.5)).toBeUndefined();
});

test("the timeline forgets what is older than it is long", () => {
  const timeline = new Timeline(1_000, 5);
  const at = (second: number) => NOW + second * 1_000;
  for (const second of [0, 0, 1, 4]) timeline.add(browser({ receivedAt: at(second) }));
  timeline.add(refused({ receivedAt: at(4), sent: 3 }));
  expect(timeline.read(at(4))).toEqual({
    times: [0, 1, 2, 3, 4].map((second) => at(second) / 1_000),
    browser: [2, 1, 0, 0, 1],
    server: [0, 0, 0, 0, 0],
    refused: [0, 0, 0, 0, 3],
  });
  expect(timeline.read(at(6)).browser).toEqual([0, 0, 1, 0, 0]);
  timeline.add(browser({ receivedAt: at(1) }));
  expect(timeline.read(at(100)).browser).toEqual([0, 0, 0, 0, 0]);
});

test("an ordered list is what a sorted array is", () => {
  const steps = fc.array(
    fc.record({ act: fc.constantFrom("push", "push", "push", "insert", "delete", "shift"), order: fc.nat(4_000) }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, fc.constantFrom(0, 1_500), (acts, before) => {
      const list = new OrderedList<{ readonly order: number }>();
      let plain: { readonly order: number }[] = [];
      // So that what is shifted away is cut off at times.
      for (let order = 0; order < before; order++) list.add({ order: order / 1e6 });
      for (let order = 0; order < before; order++) list.shift();
      for (const { act, order } of acts) {
        if (act === "shift") expect(list.shift()).toBe(plain.shift());
        else if (act === "delete") {
          const item = plain[order % Math.max(1, plain.length)];
          if (item) list.delete(item);
          plain = plain.filter((other) => other !== item);
        } else {
          const item = { order: act === "push" ? (plain.at(-1)?.order ?? 1) + 1 : order + 0.5 };
          if (plain.some((other) => other.order === item.order)) continue;
          list.add(item);
          plain = [...plain, item].sort((a, b) => a.order - b.order);
        }
      }
      expect([...list]).toEqual(plain);
      expect(list.length).toBe(plain.length);
      for (const item of plain) expect([list.has(item), list.at(list.indexOf(item.order))]).toEqual([true, item]);
    }),
  );
});

describe("JSON in lines", () => {
  const written = (value: unknown) =>
    jsonLines(value, 10_000).lines.map(
      ({ depth, parts }) => "  ".repeat(depth) + parts.map(({ text }) => text).join(""),
    );

  test("is JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        expect(JSON.parse(written(value).join("\n"))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    expect(written({ a: [1, { b: "x" }], c: {} }).join("\n")).toBe(
      JSON.stringify({ a: [1, { b: "x" }], c: {} }, null, 2),
    );
  });

  test("marks what a path names, and where what is missing belongs", () => {
    const marked = (path: readonly (string | number)[]) =>
      jsonLines({ data: [{ event: "A" }, { event: "B", page: { url: "u" } }] }, 100, path)
        .lines.filter(({ isMarked }) => isMarked)
        .map(({ parts }) => parts.map(({ text }) => text).join(""));
    expect(marked(["data", 1, "page"])).toEqual(['"page": {', '"url": "u"', "}"]);
    expect(marked(["data", 0, "event"])).toEqual(['"event": "A"']);
    expect(marked(["data", 0, "page"])).toEqual(["page belongs here"]);
    expect(marked(["nothing", 0, "page"])).toEqual([]);
  });

  test("is bounded in lines, depth and length of texts", () => {
    expect(
      jsonLines(
        Array.from({ length: 1_000 }, () => 1),
        50,
      ),
    ).toMatchObject({ isCut: true });
    let deep: unknown = 1;
    for (let depth = 0; depth < 5_000; depth++) deep = [deep];
    expect(jsonLines(deep, 1_000).lines.length).toBeLessThan(100);
    expect(written("x".repeat(100_000))[0]?.length).toBeLessThan(2_100);
  });
});

test("durations and amounts in words", () => {
  const words = [0, 340, 2_449, 59_999, 7 * MINUTE, 119 * MINUTE, 3 * 60 * MINUTE, 50 * 60 * MINUTE].map(duration);
  expect(words).toEqual(["0 ms", "340 ms", "2.4 s", "60 s", "7 min", "119 min", "3 h", "2 days"]);
  expect([money(21.97, "EUR"), money(5, "nonsense"), money(5, "")]).toEqual([
    "€21.97",
    "5 nonsense",
    "5 (no currency)",
  ]);
});

test("a row is found again after everything was loaded anew", () => {
  const [one, two] = [event(), refused()];
  const before = rowsOf([one, two]);
  const after = rowsOf([one, two]);
  for (const row of before.all as Iterable<Row>) expect(after.find(row)?.order).toBe(row.order);
});
