import fc from "fast-check";
import { expect } from "vitest";
import { memoryOutbox, type Outbox, type Settlement, type Taken } from "../../src/index.js";
import { lease, window } from "./contract.js";
import { parcel } from "./parcel.js";

export const modelLimits = { maxParcels: 12, maxDeadLetters: 5, maxOnce: 4, deduplicationWindow: window, lease };
const destination = fc.constantFrom("a", "b");
const reason = fc.constantFrom("refused" as const, "expired" as const, "attempts" as const);
const filter = fc.record({ destination, reason }, { requiredKeys: [] });

/** What can be done to an outbox, and to the clock; `reopen` stands for the end of the process. */
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("add" as const),
      parcels: fc.array(
        fc.record({ destination, id: fc.nat(14), once: fc.option(fc.nat(6), { nil: undefined }), life: fc.nat(5) }),
        { maxLength: 5 },
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant("take" as const), destination, most: fc.integer({ min: 1, max: 5 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("settle" as const),
      outcomes: fc.array(
        fc.record({
          nth: fc.nat(20),
          outcome: fc.constantFrom("delivered" as const, "retry" as const, "dead" as const),
          reason,
          wait: fc.nat(lease * 2),
          counted: fc.boolean(),
        }),
        { maxLength: 4 },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      time: fc.constantFrom(1, lease - 1, lease, window - lease, window),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("replay" as const), filter }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("purge" as const), filter }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** An outbox under test, which a test can close and open again. */
export interface OutboxUnderTest {
  /** With `modelLimits`, on what the last one left. */
  open(now: () => number): Outbox;
  /** Whether it knows its keys again when another process has opened it. Default true. */
  readonly keepsKeys?: boolean;
}

/** Whatever is asked of it in whatever order, it does what memoryOutbox does. */
export async function expectAsInMemory(create: () => OutboxUnderTest, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const clock = { time: 1_000_000 };
      const now = () => clock.time;
      const underTest = create();
      const model = memoryOutbox({ ...modelLimits, now });
      let outbox = underTest.open(now);
      /** Keys that a take gave, in both outboxes at the same place. */
      let keys: { model: string; outbox: string }[] = [];
      try {
        for (const one of steps) {
          if (one.kind === "wait") clock.time += one.time;
          else if (one.kind === "reopen") {
            await outbox.close();
            outbox = underTest.open(now);
            if (underTest.keepsKeys === false) keys = [];
          } else {
            const [expected, actual] = await both(run(model, one, "model"), run(outbox, one, "outbox"));
            expect(actual.seen).toEqual(expected.seen);
            for (const [index, key] of actual.keys.entries())
              keys.push({ outbox: key, model: expected.keys[index] ?? "" });
          }
          const [expected, actual] = await both(overview(model), overview(outbox));
          expect(actual).toEqual(expected);
        }
      } finally {
        await outbox.close();
      }

      async function run(target: Outbox, one: Step, side: "model" | "outbox") {
        switch (one.kind) {
          case "add": {
            const parcels = one.parcels.map(({ destination, id, once, life }) => {
              const expiresAt = clock.time + life * window;
              return parcel(`${id}`, { destination, expiresAt, ...(once !== undefined && { once: `${once}` }) });
            });
            const seen = await target.add(parcels).catch(({ code }: { code: string }) => code);
            return { seen, keys: [] };
          }
          case "take": {
            const { parcels, nextDueAt } = await takeAllOf(target, one.destination, one.most);
            return {
              seen: { nextDueAt, parcels: parcels.map(({ key, ...rest }) => rest) },
              keys: parcels.map(({ key }) => key),
            };
          }
          case "settle": {
            const settlements = one.outcomes.map(({ nth, outcome, reason, wait, counted }): Settlement => {
              const key = keys.length === 0 ? "none" : (keys[keys.length - 1 - (nth % keys.length)]?.[side] ?? "");
              if (outcome === "retry") return { key, outcome, at: clock.time + wait, counted };
              return outcome === "dead" ? { key, outcome, reason, detail: "words" } : { key, outcome };
            });
            return { seen: await target.settle(settlements), keys: [] };
          }
          case "replay":
            return { seen: await target.replay(one.filter), keys: [] };
          case "purge":
            return { seen: await target.purge(one.filter), keys: [] };
          default:
            throw new Error(`nothing to ask an outbox: ${one.kind}`);
        }
      }
    }),
    { numRuns },
  );
}

/** An outbox may give fewer than it could; then more is due at once. */
async function takeAllOf(outbox: Outbox, destination: string, most: number): Promise<Taken> {
  const taken = await outbox.take(destination, most);
  const missing = most - taken.parcels.length;
  if (missing === 0 || taken.parcels.length === 0) return taken;
  const more = await takeAllOf(outbox, destination, missing);
  return { ...more, parcels: [...taken.parcels, ...more.parcels] };
}

/** What can be seen of an outbox without changing it. */
async function overview(outbox: Outbox) {
  return {
    waiting: [await outbox.waiting(), await outbox.waiting("a"), await outbox.waiting("b")],
    oldest: [await outbox.oldest("a"), await outbox.oldest("b")],
    deadLetters: (await outbox.deadLetters()).map(({ key, ...letter }) => letter),
    firstOfA: (await outbox.deadLetters({ destination: "a", limit: 1 })).map(({ key, ...letter }) => letter),
  };
}

function both<Result>(one: Promise<Result>, other: Promise<Result>): Promise<[Result, Result]> {
  return Promise.all([one, other]);
}
