import fc from "fast-check";
import { expect, it } from "vitest";
import { seeded } from "../../drill/seeded.mjs";
import {
  createTracker,
  memoryOutbox,
  type Outbox,
  type Tracker,
  type Transport,
  type Verdict,
} from "../../src/index.js";
import { delivered, stubDestination, track } from "./stub.js";
import { virtualTime } from "./virtual-time.js";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Until then everything goes wrong; from then on the vendor and the outbox are well. */
const wellAt = 2 * hour;

const span = (...lengths: number[]) =>
  fc.record({ from: fc.integer({ min: 0, max: wellAt }), length: fc.constantFrom(...lengths) });

const scenarios = fc.record({
  seed: fc.integer(),
  trackers: fc.integer({ min: 1, max: 3 }),
  /** How often a tracker is closed, and another one opened on its outbox. */
  restarts: fc.constantFrom(0, 0, 20),
  concurrency: fc.integer({ min: 1, max: 8 }),
  maxBatch: fc.constantFrom(1, 7, 1_000),
  groups: fc.constantFrom(1, 2, 1_000),
  /** Events that the vendor takes, refuses, breaks on, and of a source for which it gives no permission till it is well. */
  good: fc.integer({ min: 0, max: 40 }),
  refused: fc.integer({ min: 0, max: 5 }),
  poison: fc.constantFrom(0, 0, 1, 3, 12),
  banned: fc.constantFrom(0, 0, 20),
  outages: fc.array(span(second, minute, hour), { maxLength: 3 }),
  limits: fc.array(span(second, minute, 10 * minute), { maxLength: 3 }),
  latency: fc.constantFrom(20, 2_000),
  /** Of the answers, and of the outbox' calls. */
  lost: fc.constantFrom(0, 0, 0.2),
  failing: fc.constantFrom(0, 0, 0.1),
  /** The wall clock is set. */
  clock: fc.array(fc.record({ at: fc.integer({ min: 0, max: wellAt }), by: fc.constantFrom(-hour, hour) }), {
    maxLength: 1,
  }),
});

type Scenario = typeof scenarios extends fc.Arbitrary<infer Value> ? Value : never;

/** A vendor that does as the scenario has it, and knows what it took, and of what it lost the answer. */
function createVendor(scenario: Scenario, random: () => number, { elapsed, sleep }: ReturnType<typeof virtualTime>) {
  const taken: string[] = [];
  const unanswered: string[] = [];
  const isIn = ({ from, length }: { from: number; length: number }) => elapsed() >= from && elapsed() < from + length;
  let requests = 0;

  async function answer(ids: readonly string[], signal: AbortSignal): Promise<Verdict> {
    await sleep(1 + random() * scenario.latency);
    const isWell = elapsed() >= wellAt;
    const any = (kind: string) => ids.some((id) => id.startsWith(kind));
    if (!isWell && scenario.outages.some(isIn)) return { kind: "retry", detail: "down" };
    if (!isWell && scenario.limits.some(isIn)) return { kind: "pause", detail: "limit", for: minute };
    if (!isWell && any("banned")) return { kind: "pause", detail: "no permission", for: 5 * minute };
    if (any("refused")) return { kind: "refused", detail: "not taken" };
    if (any("poison")) return { kind: "retry", detail: "broken" };
    taken.push(...ids);
    if (!signal.aborted && (isWell || random() >= scenario.lost)) return delivered;
    unanswered.push(...ids);
    throw new TypeError("cut");
  }

  const transport: Transport = async ({ body }, signal) => {
    requests++;
    const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const verdict = await Promise.race([answer(JSON.parse(body), signal), aborted]);
    return { status: 200, headers: new Headers(), body: JSON.stringify(verdict) };
  };
  return { transport, taken, unanswered, requests: () => requests };
}

async function simulate(scenario: Scenario): Promise<void> {
  using time = virtualTime();
  const random = seeded(scenario.seed);
  let shift = 1_800_000_000_000;
  const now = () => shift + time.elapsed();
  const vendor = createVendor(scenario, random, time);
  const kept = memoryOutbox({ now });
  let takes = 0;
  async function call<Result>(work: () => Promise<Result>): Promise<Result> {
    await time.sleep(1);
    if (time.elapsed() < wellAt && random() < scenario.failing) throw new Error("disk");
    return work();
  }
  const outbox: Outbox = {
    ...kept,
    take: (...args) =>
      call(() => {
        takes++;
        return kept.take(...args);
      }),
    settle: (settlements) => call(() => kept.settle(settlements)),
    close: async () => undefined,
  };
  const groupOf = (id: string) => (id.startsWith("banned") ? "banned" : String(id.length % scenario.groups));
  const destination = stubDestination("stub", {
    maxBatch: scenario.maxBatch,
    build: ({ id }) => ({ body: { group: groupOf(id), body: JSON.stringify(id) }, issues: [] }),
  });
  const { transport } = vendor;
  const open = () =>
    createTracker({
      destinations: [destination],
      outbox,
      transport,
      now,
      elapsed: time.elapsed,
      random,
      concurrency: scenario.concurrency,
    });
  const trackers = Array.from({ length: scenario.trackers }, open);
  const one = () => trackers[Math.floor(random() * trackers.length)] as Tracker;

  const { good, refused, poison, banned } = scenario;
  const ids = Object.entries({ good, refused, poison, banned }).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => `${kind}${"-".repeat(index)}`),
  );
  const isBusy = random() < 0.5;
  const chaos = [
    ...ids.map((id) => time.sleep(random() * (isBusy ? second : wellAt)).then(() => track(one(), id))),
    ...Array.from({ length: scenario.restarts }, async (_, index) => {
      await time.sleep(random() * wellAt);
      const before = trackers.splice(index % trackers.length, 1, open());
      await Promise.all(before.map((tracker) => tracker.close({ timeout: 100 })));
    }),
    ...scenario.clock.map(({ at, by }) => time.sleep(at).then(() => (shift += by))),
  ];
  await time.pass(wellAt + minute);
  await Promise.all(chaos);

  // Some traffic, by which the vendor is seen to be well.
  let more = 0;
  const isEmpty = async () => (await kept.waiting()) === 0;
  for (; more < 1_000 && !(await isEmpty()); more++) {
    await track(one(), `more${more}`);
    await time.pass(30 * second);
  }
  const letters = await kept.deadLetters();
  const deadOf = (reason: string) => letters.filter((letter) => letter.reason === reason).map(({ id }) => id);
  expect(await kept.waiting()).toBe(0);
  expect(deadOf("refused").toSorted()).toEqual(ids.filter((id) => id.startsWith("refused")).toSorted());
  // An event that shared requests with poison may die of a lost answer at its last attempt.
  const died = deadOf("attempts").filter((id) => !vendor.unanswered.includes(id));
  expect(died.toSorted()).toEqual(ids.filter((id) => id.startsWith("poison")).toSorted());
  expect(new Set(vendor.taken).size).toBe(good + banned + more);
  if (scenario.failing === 0 && scenario.clock.length === 0) {
    expect(vendor.taken.length).toBeLessThanOrEqual(good + banned + more + vendor.unanswered.length);
  }
  // Nobody asks the outbox time and again for nothing.
  const minutes = trackers.length * (time.elapsed() / minute);
  expect(takes).toBeLessThan(
    100 + 4 * vendor.requests() + 4 * (ids.length + more) + 4 * minutes + (scenario.failing && 5_000),
  );

  const closing = trackers.map((tracker) => tracker.close({ timeout: 5_000 }));
  // A second more, in which what was aborted is put back.
  await time.pass(6_100);
  await Promise.all(closing);
  expect(time.timers()).toBe(0);
}

it("whatever goes wrong, in whatever order, every event ends as it should once the vendor is well", async () => {
  await fc.assert(fc.asyncProperty(scenarios, simulate), { seed: 1, numRuns: 100 });
});
