import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { funnelReport } from "@beaconry/core/funnel";
import { median } from "../bench/figures.mjs";
import { sqliteJournal } from "../dist/sqlite.js";

const day = 86_400_000;
const days = 180;
const step = 1_000;
/** Of a thousand events so many have the name. */
const shares = { PageView: 560, ViewContent: 270, AddToCart: 110, InitiateCheckout: 35, Purchase: 25 };
const names = Object.entries(shares).flatMap(([name, share]) => Array.from({ length: share }, () => name));

/**
 * A shop's journal of half a year: how quickly it takes events as it grows, and how long an audience, a report and the
 * erasure of one person take when it is full.
 * @param {{ events: number }} options
 */
export async function drillJournal({ events }) {
  const start = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "beaconry-drill-"));
  const path = join(folder, "journal.db");
  const end = Date.now();
  const people = Math.max(1, Math.round(events / 10));
  const journal = sqliteJournal({ path, keepDays: 2 * days });
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 100);
  try {
    const rates = [];
    for (let done = 0; done < events; done += step) {
      const list = Array.from({ length: Math.min(step, events - done) }, (_, index) =>
        makeEvent(done + index, people, end - days * day + ((done + index) / events) * days * day),
      );
      const began = performance.now();
      await journal.record(list);
      rates.push(list.length / ((performance.now() - began) / 1_000));
      if ((done / step) % 500 === 0) process.stderr.write(`\r${done.toLocaleString("en")} events`);
    }
    process.stderr.write("\r");
    const tenth = Math.ceil(rates.length / 10);
    const status = await journal.status();
    const [audience, audienceTime] = await timed(() =>
      count(
        journal.members({
          include: [{ event: "AddToCart", withinDays: 14 }],
          exclude: [{ event: "Purchase", withinDays: 14 }],
        }),
      ),
    );
    const window = { from: end - 30 * day, to: end + 1 };
    const [report, reportTime] = await timed(() => funnelReport(journal.events({ from: window.from }), { window }));
    const [loyal, loyalTime] = await timed(() => count(journal.members({ include: [{ loyalty: "loyal" }] })));
    const erasures = [];
    let erased = 0;
    for (let person = 0; person < 20; person++) {
      const [number, time] = await timed(() => journal.erase({ email: `${person * 5}@shop.example` }));
      erased += number;
      erasures.push(time);
    }
    const problems = [];
    if (status.events !== events) problems.push(`${status.events} events are kept instead of ${events}`);
    if (audience === 0 || report.people === 0) problems.push("the audience or the report is empty");
    const left = (await journal.status()).events;
    if (left !== events - erased || erased === 0) problems.push(`${left} are left after erasing ${erased}`);
    return {
      name: "journal",
      events,
      people: status.people,
      "taken a second, first tenth": Math.round(median(rates.slice(0, tenth))),
      "taken a second, last tenth": Math.round(median(rates.slice(-tenth))),
      "file, bytes an event": Math.round(statSync(path).size / events),
      "audience of 14 days, people": audience,
      "audience of 14 days, s": seconds(audienceTime),
      "report of 30 days, events": report.events,
      "report of 30 days, s": seconds(reportTime),
      "loyal customers, all events": loyal,
      "loyal customers, all events, s": seconds(loyalTime),
      "erase one person, ms, median": median(erasures).toFixed(1),
      "RSS at most, MB": Math.round(most / 1_000_000),
      seconds: Math.round((performance.now() - start) / 1_000),
      problems,
    };
  } finally {
    clearInterval(watch);
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same events for the same numbers. Every fifth person is known by e-mail, when buying. */
function makeEvent(number, people, time) {
  const random = createHash("sha256").update(String(number)).digest();
  const person = random.readUInt32LE(0) % people;
  const name = names[random.readUInt32LE(4) % names.length];
  const isKnown = person % 5 === 0 && name !== "PageView";
  return {
    name,
    id: String(number),
    time: Math.round(time),
    identifiers: [
      `fbp:${sha256(`browser ${person}`)}`,
      ...(isKnown ? [`email:${sha256(`${person}@shop.example`)}`] : []),
    ],
    ...(name === "Purchase" && { value: (random.readUInt16LE(8) % 20_000) / 100, currency: "EUR" }),
  };
}

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const seconds = (milliseconds) => (milliseconds / 1_000).toFixed(1);

async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

async function count(items) {
  let number = 0;
  for await (const _ of items) number++;
  return number;
}
