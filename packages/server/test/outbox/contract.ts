import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import type { DeadLetterFilter, DeadLetterPage, DeadReason, LeasedParcel, Outbox } from "../../src/index.js";
import { parcel } from "./parcel.js";

/** What time it is for the outbox under test. */
export interface Clock {
  /** ms */
  time: number;
  /** Lets time pass. */
  advance(milliseconds: number): Promise<void>;
}

/** How a suite keeps time: the same tests go by a clock that they turn, and by the one on the wall. */
export interface Time {
  readonly clock: () => Clock;
  /** Deduplication window and lease of the outboxes, ms. */
  readonly window: number;
  readonly lease: number;
  /** Between due times that are told apart, ms. */
  readonly step: number;
  /** How near to the end of a window, a lease or a step a test comes, ms. */
  readonly edge: number;
  /** "However long", in windows. */
  readonly long: number;
  /** Tests wait, so they run side by side, and may take longer; what a cluster's replicas have to tell each other takes a moment. */
  readonly isReal: boolean;
}

/** A clock that tests turn by hand. */
export const handTurned: Time = {
  clock: () => ({
    time: 1_000_000,
    async advance(milliseconds) {
      this.time += milliseconds;
    },
  }),
  window: 3_600_000,
  lease: 60_000,
  step: 500,
  edge: 1,
  long: 100,
  isReal: false,
};

/** For engines that go by clocks of their own. */
export const realTime: Time = {
  clock: () => ({
    get time() {
      return Date.now();
    },
    // A little longer: an engine's timers are not ours.
    advance: (milliseconds) => sleep(milliseconds + 150),
  }),
  // A slow machine has two seconds and more for what a test does between two moments.
  window: 3_500,
  lease: 2_500,
  step: 2_000,
  edge: 2_500,
  long: 1.2,
  isReal: true,
};

export const { window, lease } = handTurned;

/** Limits of the outboxes under test. */
export const limitsFor = ({ window, lease }: Time) => ({
  maxParcels: 10,
  maxDeadLetters: 4,
  maxOnce: 4,
  deduplicationWindow: window,
  lease,
});
export const limits = limitsFor(handTurned);

/** How long the parts of a real engine may take to tell each other, ms. */
const patience = 20_000;

/** Asks an outbox until it knows what was just done: at once or, where the engine is a real one, in a moment. */
export function patientlyFor({ isReal }: Time) {
  const until = async <Answer>(ask: () => Promise<Answer>, isRight: (answer: Answer) => boolean): Promise<Answer> => {
    const end = performance.now() + (isReal ? patience : 0);
    for (;;) {
      const answer = await ask();
      if (isRight(answer) || performance.now() >= end) return answer;
      await sleep(20);
    }
  };
  /** Takes until it has so many. */
  const take = async (outbox: Outbox, count: number, most = 10, destination = "d"): Promise<LeasedParcel[]> => {
    const taken: LeasedParcel[] = [];
    const more = async () => taken.push(...(await outbox.take(destination, most - taken.length)).parcels);
    await until(more, (length) => length >= count);
    return taken;
  };
  /** Of a time that an outbox gives: real clocks differ by their ticks. */
  const expectBetween = (actual: number | undefined, earliest: number, latest: number) => {
    const tick = isReal ? 2 : 0;
    expect(actual).toBeGreaterThanOrEqual(earliest - tick);
    expect(actual).toBeLessThanOrEqual(latest + tick);
  };
  return { until, take, expectBetween };
}

/** What every outbox must do. `create` makes an empty one with the limits that belong to the suite's time. */
export function describeOutbox(
  name: string,
  create: (clock: Clock) => Outbox | Promise<Outbox>,
  time: Time = handTurned,
): void {
  const { window, lease, step, edge, long, isReal } = time;
  const open = async () => {
    const clock = time.clock();
    return { clock, outbox: await create(clock) };
  };
  const { until, take, expectBetween } = patientlyFor(time);
  const expectWaiting = async (outbox: Outbox, count: number, destination?: string) =>
    expect(
      await until(
        () => outbox.waiting(destination),
        (waiting) => waiting === count,
      ),
    ).toBe(count);
  /** Takes what is due, and gives it up. */
  const kill = async (outbox: Outbox, count: number, reason: DeadReason, destination = "d") => {
    const parcels = await take(outbox, count, 10, destination);
    await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "dead", reason, detail: `${reason}!` })));
  };
  const expectLetters = async (outbox: Outbox, expected: readonly string[], page?: DeadLetterPage) => {
    const letters = async () => (await outbox.deadLetters(page)).map(({ id }) => id);
    expect(await until(letters, (ids) => isDeepStrictEqual(ids, expected))).toEqual(expected);
  };
  const expectReplayed = async (outbox: Outbox, count: number, filter?: DeadLetterFilter) => {
    let replayed = 0;
    const replay = async () => {
      replayed += await outbox.replay(filter);
      return replayed;
    };
    expect(await until(replay, (sum) => sum >= count)).toBe(count);
  };
  const ids = async (outbox: Outbox, count: number, most = 10, destination = "d") =>
    (await take(outbox, count, most, destination)).map(({ id }) => id);

  describe(`${name}: the outbox contract`, { concurrent: isReal, timeout: isReal ? 60_000 : 5_000 }, () => {
    it("gives parcels of one destination, oldest first, with all that was put in", async () => {
      const { outbox } = await open();
      const first = parcel("1", { time: 5, expiresAt: 9e14, group: "g" });
      await outbox.add([first, parcel("2", { destination: "other" }), parcel("3")]);
      const parcels = await take(outbox, 2);
      expect(parcels.map(({ id }) => id)).toEqual(["1", "3"]);
      expect(parcels[0]).toMatchObject({ ...first, attempts: 0 });
      await expectWaiting(outbox, 3);
      await expectWaiting(outbox, 2, "d");
    });

    it("gives a leased parcel to nobody else until the lease is over", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1"), parcel("2")]);
      const start = clock.time;
      expect(await ids(outbox, 1, 1)).toEqual(["1"]);
      const end = clock.time;
      expect(await ids(outbox, 1)).toEqual(["2"]);
      const { parcels, nextDueAt } = await outbox.take("d", 10);
      expect(parcels).toEqual([]);
      expectBetween(nextDueAt, start + lease, end + lease);
      await clock.advance(lease);
      expect((await ids(outbox, 2)).sort()).toEqual(["1", "2"]);
    });

    it("forgets what was delivered, and counts it no more", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      const [taken] = await take(outbox, 1, 1);
      await outbox.settle([{ key: taken?.key ?? "", outcome: "delivered" }]);
      await clock.advance(lease * 2);
      expect(await ids(outbox, 0)).toEqual([]);
      await expectWaiting(outbox, 0);
    });

    it("brings a retry back at its time, and counts attempts only where asked to", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1"), parcel("2")]);
      const [first, second] = await take(outbox, 2, 2);
      const at = clock.time + step;
      await outbox.settle([
        { key: first?.key ?? "", outcome: "retry", at, counted: true },
        { key: second?.key ?? "", outcome: "retry", at: at + step, counted: false },
      ]);
      expect(await outbox.take("d", 2)).toEqual({ parcels: [], nextDueAt: at });
      await clock.advance(at - clock.time);
      expect(await take(outbox, 1)).toMatchObject([{ id: "1", attempts: 1 }]);
      await clock.advance(at + step - clock.time);
      expect(await take(outbox, 1)).toMatchObject([{ id: "2", attempts: 0 }]);
    });

    it("keeps dead letters with the vendor's words", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      const [taken] = await take(outbox, 1, 1);
      const start = clock.time;
      await outbox.settle([{ key: taken?.key ?? "", outcome: "dead", reason: "refused", detail: "code 100" }]);
      const end = clock.time;
      await expectWaiting(outbox, 0);
      await expectLetters(outbox, ["1"]);
      const [letter] = await outbox.deadLetters();
      const { key, diedAt, ...rest } = letter ?? {};
      expect(rest).toEqual({ ...parcel("1"), reason: "refused", detail: "code 100" });
      expect(key).toEqual(expect.any(String));
      expectBetween(diedAt, start, end);
    });

    it("stores the same destination, name and id once within the window, also when it is delivered already", async () => {
      const { clock, outbox } = await open();
      expect(await outbox.add([parcel("1"), parcel("1"), parcel("1", { name: "Contact" })])).toEqual([
        "added",
        "duplicate",
        "added",
      ]);
      expect(await outbox.add([parcel("1", { destination: "other" }), parcel("1")])).toEqual(["added", "duplicate"]);
      const parcels = await take(outbox, 2);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      await clock.advance(window - edge);
      expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
      await clock.advance(edge);
      expect(await outbox.add([parcel("1")])).toEqual(["added"]);
    });

    it("never takes the same parcel twice while it waits, however long", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      await clock.advance(window * long);
      expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
      await expectWaiting(outbox, 1);
    });

    it("refuses a whole batch when it is full, and keeps what it has", async () => {
      const { outbox } = await open();
      await outbox.add(Array.from({ length: 8 }, (_, index) => parcel(`a${index}`)));
      const more = Array.from({ length: 3 }, (_, index) => parcel(`b${index}`));
      await expect(outbox.add(more)).rejects.toMatchObject({ code: "outbox_full" });
      await expectWaiting(outbox, 8);
      expect(await outbox.add(more.slice(0, 2))).toEqual(["added", "added"]);
    });

    it("says of each destination when its oldest event happened that waits", async () => {
      const { outbox } = await open();
      expect(await outbox.oldest("d")).toBeUndefined();
      await outbox.add([
        parcel("1", { time: 7 }),
        parcel("2", { time: 5 }),
        parcel("3", { time: 3, destination: "other" }),
      ]);
      expect([await outbox.oldest("d"), await outbox.oldest("other")]).toEqual([7, 3]);
      const [first] = await take(outbox, 1, 1);
      expect(await outbox.oldest("d")).toBe(7);
      await outbox.settle([{ key: first?.key ?? "", outcome: "delivered" }]);
      expect(await outbox.oldest("d")).toBe(5);
    });

    it("gives first what comes back, in the order of its times, then what was never taken, oldest first", async () => {
      const { clock, outbox } = await open();
      await outbox.add(["1", "2", "3", "4"].map((id) => parcel(id)));
      const [first, second, third] = (await take(outbox, 3, 3)).map(({ key }) => key);
      const start = clock.time;
      await outbox.settle([
        { key: first ?? "", outcome: "retry", at: start + 2 * step, counted: false },
        { key: second ?? "", outcome: "retry", at: start + step, counted: false },
        { key: third ?? "", outcome: "retry", at: start + 2 * step, counted: false },
      ]);
      await outbox.add([parcel("5")]);
      await clock.advance(start + 2 * step - clock.time);
      expect(await ids(outbox, 2, 2)).toEqual(["2", "1"]);
      expect(await ids(outbox, 3)).toEqual(["3", "4", "5"]);
    });

    it("says at once that more is due when not all was taken", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1"), parcel("2")]);
      const start = clock.time;
      const { nextDueAt } = await until(
        () => outbox.take("d", 1),
        ({ parcels }) => parcels.length > 0,
      );
      expectBetween(nextDueAt, start, clock.time);
      expect((await outbox.take("nobody", 1)).nextDueAt).toBeUndefined();
    });

    it("leaves alone what no longer waits under its key, and later parcels with it", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      const [taken] = await take(outbox, 1, 1);
      const key = taken?.key ?? "";
      await outbox.settle([{ key, outcome: "delivered" }]);
      await clock.advance(window);
      // The same event, long after, is another parcel.
      await outbox.add([parcel("1"), parcel("2")]);
      await outbox.settle([
        { key, outcome: "delivered" },
        { key, outcome: "dead", reason: "refused", detail: "" },
        { key: "", outcome: "delivered" },
      ]);
      expect(await ids(outbox, 2)).toEqual(["1", "2"]);
      await expectWaiting(outbox, 2);
      expect(await outbox.deadLetters()).toEqual([]);
    });

    it("heeds an acknowledgement that comes after the lease", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      const [taken] = await take(outbox, 1, 1);
      await clock.advance(lease);
      expect(await ids(outbox, 1)).toEqual(["1"]);
      await outbox.settle([{ key: taken?.key ?? "", outcome: "delivered" }]);
      await clock.advance(lease);
      expect(await ids(outbox, 0)).toEqual([]);
    });

    it("keeps texts of any characters, and a parcel that never expires", async () => {
      const { outbox } = await open();
      const odd = parcel('\n",🛍\u0000', { name: "Käufe,\\", group: "a\nb", body: '{"é":"\\u0000\n🛍","n":[1]}' });
      const endless = parcel("2", { expiresAt: Number.POSITIVE_INFINITY, body: "" });
      await outbox.add([odd, endless]);
      expect(await take(outbox, 2)).toMatchObject([odd, endless]);
    });

    it("buries texts of any characters, halves of them too, and what never expires", async () => {
      const { outbox } = await open();
      const odd = parcel('\\",🛍\u0000\u001b', { name: "\ud83d\\u0000", group: '\udecd"],', expiresAt: 9e14 });
      const endless = parcel("2", { expiresAt: Number.POSITIVE_INFINITY });
      await outbox.add([odd, endless]);
      await kill(outbox, 2, "refused");
      await expectLetters(outbox, [odd.id, endless.id]);
      expect(await outbox.deadLetters()).toMatchObject([odd, endless]);
      await expectReplayed(outbox, 2);
    });

    it("keeps one parcel with a text of `once` for ever, whatever its id, for each destination", async () => {
      const { clock, outbox } = await open();
      const install = (id: string, destination = "d") => parcel(id, { destination, name: "Install", once: "device" });
      expect(await outbox.add([install("1"), install("2"), install("3", "other")])).toEqual([
        "added",
        "duplicate",
        "added",
      ]);
      const parcels = await take(outbox, 1);
      expect(parcels.map(({ id, once }) => ({ id, once }))).toEqual([{ id: "1", once: undefined }]);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      await clock.advance(window * long);
      expect(await outbox.add([install("1"), install("4"), parcel("5")])).toEqual(["duplicate", "duplicate", "added"]);
    });

    it("does not count as kept once what was refused for want of room", async () => {
      const { outbox } = await open();
      await outbox.add(Array.from({ length: 10 }, (_, index) => parcel(`${index}`)));
      const install = parcel("install", { once: "device" });
      await expect(outbox.add([install])).rejects.toMatchObject({ code: "outbox_full" });
      const parcels = await take(outbox, 1, 1);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      expect(await outbox.add([install])).toEqual(["added"]);
    });

    it("remembers as many texts of `once` as it may, the newest", async () => {
      const { outbox } = await open();
      const install = (id: string) => parcel(id, { once: id });
      for (const id of ["1", "2", "3", "4", "5"]) await outbox.add([install(id)]);
      expect(await outbox.add([parcel("a", { once: "2" }), parcel("b", { once: "1" })])).toEqual([
        "duplicate",
        "added",
      ]);
    });

    it("lists dead letters of a destination, for a reason, and by pages", async () => {
      const { outbox } = await open();
      await outbox.add([parcel("1"), parcel("2")]);
      await kill(outbox, 2, "refused");
      await outbox.add([parcel("3", { destination: "other" }), parcel("4")]);
      await kill(outbox, 1, "attempts", "other");
      await kill(outbox, 1, "attempts");
      await expectLetters(outbox, ["1", "2", "3", "4"]);
      await expectLetters(outbox, ["1", "2", "4"], { destination: "d" });
      await expectLetters(outbox, ["3", "4"], { reason: "attempts" });
      await expectLetters(outbox, ["4"], { destination: "d", reason: "attempts" });
      const page = await outbox.deadLetters({ destination: "d", limit: 2 });
      expect(page.map(({ id }) => id)).toEqual(["1", "2"]);
      await expectLetters(outbox, ["4"], { destination: "d", limit: 2, after: page.at(-1)?.key });
    });

    it("lets the oldest dead letter go at its limit", async () => {
      const { outbox } = await open();
      await outbox.add(["1", "2", "3", "4", "5"].map((id) => parcel(id)));
      await kill(outbox, 5, "refused");
      await expectLetters(outbox, ["2", "3", "4", "5"]);
    });

    it("replays dead letters with the same name, id and body, as if never tried", async () => {
      const { clock, outbox } = await open();
      const first = parcel("1", { time: 5, group: "g" });
      await outbox.add([first, parcel("2", { destination: "other" })]);
      const [taken] = await take(outbox, 1, 1);
      await outbox.settle([{ key: taken?.key ?? "", outcome: "retry", at: clock.time, counted: true }]);
      await kill(outbox, 1, "attempts");
      await kill(outbox, 1, "refused", "other");
      await expectReplayed(outbox, 0, { reason: "expired" });
      await expectReplayed(outbox, 1, { destination: "d", reason: "attempts" });
      await expectLetters(outbox, ["2"]);
      await expectWaiting(outbox, 1);
      expect(await take(outbox, 1)).toMatchObject([{ ...first, attempts: 0 }]);
      await expectReplayed(outbox, 1);
      expect(await ids(outbox, 1, 10, "other")).toEqual(["2"]);
    });

    it("recognises a replayed parcel as it does a new one", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      await kill(outbox, 1, "refused");
      await clock.advance(window);
      await expectReplayed(outbox, 1);
      expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
      const parcels = await take(outbox, 1, 1);
      await outbox.settle(parcels.map(({ key }) => ({ key, outcome: "delivered" })));
      await clock.advance(window - edge);
      expect(await outbox.add([parcel("1")])).toEqual(["duplicate"]);
      await clock.advance(edge);
      expect(await outbox.add([parcel("1")])).toEqual(["added"]);
    });

    it("leaves dead what is too old for the vendor", async () => {
      const { clock, outbox } = await open();
      const start = clock.time;
      await outbox.add([parcel("1", { expiresAt: start + step }), parcel("2", { expiresAt: start + step + 2 * edge })]);
      await kill(outbox, 2, "refused");
      await clock.advance(start + step - clock.time);
      await expectReplayed(outbox, 1);
      expect(await ids(outbox, 1)).toEqual(["2"]);
      await expectLetters(outbox, ["1"]);
    });

    it("only removes a dead letter whose event waits again", async () => {
      const { clock, outbox } = await open();
      await outbox.add([parcel("1")]);
      await kill(outbox, 1, "refused");
      await clock.advance(window);
      await outbox.add([parcel("1")]);
      await expectReplayed(outbox, 0);
      await expectLetters(outbox, []);
      await expectWaiting(outbox, 1);
    });

    it("replays as much as there is room for, oldest first", async () => {
      const { outbox } = await open();
      await outbox.add(["1", "2", "3"].map((id) => parcel(id)));
      await kill(outbox, 3, "refused");
      await outbox.add(Array.from({ length: 8 }, (_, index) => parcel(`a${index}`)));
      await expectReplayed(outbox, 2);
      await expectLetters(outbox, ["3"]);
      await expectWaiting(outbox, 10);
    });

    it("purges dead letters: all, of a destination, for a reason", async () => {
      const { outbox } = await open();
      await outbox.add([parcel("1"), parcel("2", { destination: "other" })]);
      await kill(outbox, 1, "refused");
      await kill(outbox, 1, "refused", "other");
      await outbox.add([parcel("3")]);
      await kill(outbox, 1, "attempts");
      expect(await outbox.purge({ reason: "expired" })).toBe(0);
      expect(await outbox.purge({ destination: "d", reason: "refused" })).toBe(1);
      await expectLetters(outbox, ["2", "3"]);
      expect(await outbox.purge()).toBe(2);
      await expectLetters(outbox, []);
    });

    it("takes nothing more once closed", async () => {
      const { outbox } = await open();
      await outbox.close();
      await expect(outbox.add([parcel("1")])).rejects.toMatchObject({ code: "closed" });
    });
  });
}
