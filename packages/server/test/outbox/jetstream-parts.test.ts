import { JetStreamApiError } from "@nats-io/jetstream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFinal, toFault, wordsOf } from "../../src/jetstream/fault.js";
import { createNames, readSubject, toName, toToken } from "../../src/jetstream/names.js";
import { type PackedParcel, pack, toRecord, unpack } from "../../src/jetstream/packet.js";
import { createSeen } from "../../src/jetstream/seen.js";
import { createShelf, type Held } from "../../src/jetstream/shelf.js";
import { ensureStream } from "../../src/jetstream/streams.js";
import { parcel } from "./parcel.js";

describe("a packet", () => {
  it("gives back what was put in, whatever the texts hold", () => {
    const text = fc.string({ unit: "grapheme" });
    const packed = fc.record({
      parcel: fc.record({
        destination: fc.constant('d\n",'),
        name: text,
        id: text,
        time: fc.nat(),
        expiresAt: fc.oneof(fc.nat(), fc.constant(Number.POSITIVE_INFINITY)),
        group: text,
        body: text,
      }),
      attempts: fc.nat(),
      dueAt: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(packed, { minLength: 1, maxLength: 20 }), fc.nat(), fc.nat(), (all, wait, since) => {
        const message = Buffer.from(pack('d\n",', all.map(toRecord), { wait, since }));
        const packet = unpack(message.toString(), "new.7");
        expect(packet).toEqual({
          parcels: all.map(({ parcel, attempts }, index) => ({ ...parcel, attempts, key: `new.7.${index}` })),
          dueAts: all.map(({ dueAt }) => dueAt),
          wait,
          since,
        });
      }),
    );
  });

  it("is refused when it is cut off, longer than it says, or of another version", () => {
    const whole = pack("d", [toRecord({ parcel: parcel("1"), attempts: 0, dueAt: 0 })]);
    expect(() => unpack(whole.slice(0, -1), "")).toThrow(/not as long as it says/);
    expect(() => unpack(`${whole}x`, "")).toThrow(/not as long as it says/);
    expect(() => unpack(whole.replace("[1,", "[2,"), "")).toThrow(/version 2, this one reads 1/);
    expect(() => unpack("", "")).toThrow();
  });
});

it("makes every destination a part of a subject, and reads it again", () => {
  const names = createNames("shop");
  const all = ["tiktok", "metaAppEvents", "a.b", "*", ">", "", "=YQ", "Ö ß"];
  expect(new Set(all.map(toToken)).size).toBe(all.length);
  for (const destination of all) {
    const subject = names.waiting("new", destination, 250);
    expect(subject).toMatch(/^shop\.new\.[\w=-]+\.250$/);
    const { token, count } = readSubject(subject);
    expect([toName(token), count]).toEqual([destination, 250]);
  }
});

it("leaves out what an address holds of a password", () => {
  expect(wordsOf(new Error("connect nats://shop:secret@a.example:4222 failed"))).toBe(
    "connect nats://***@a.example:4222 failed",
  );
});

it("tries again where nobody answered for a stream, and not where the servers refused it", async () => {
  const ensure = (answer: Error) => {
    const notFound = new JetStreamApiError({ code: 404, err_code: 10_059, description: "stream not found" });
    const streams = { info: () => Promise.reject(notFound), add: () => Promise.reject(answer) };
    const wanted = { name: "shop_new" };
    return ensureStream({ streams } as never, { made: wanted, found: wanted }).catch((error) => error);
  };
  const unavailable = { code: 503, err_code: 10_008, description: "JetStream system temporarily unavailable" };
  for (const passing of [new Error("timeout"), new JetStreamApiError(unavailable)]) {
    const error = await ensure(passing);
    expect(isFinal(error)).toBe(false);
    expect(toFault(error, "publishing").message).toMatch(
      /publishing: the stream shop_new .* can not be set: (time|JetS)/,
    );
  }
  const refused = { code: 500, err_code: 10_074, description: "replicas > 1 not supported in non-clustered mode" };
  expect(isFinal(await ensure(new JetStreamApiError(refused)))).toBe(true);
});

describe("what a process has seen", () => {
  const place = { stream: "new" as const, sequence: 5 };
  const gone = { new: 6, later: 0 };
  const identity = (id: string) => ({ destination: "d", name: "n", id });

  it("is current within the window, and while it is on its way", () => {
    const seen = createSeen(100, 10);
    const mark = { addedAt: 0, arrival: Promise.resolve() };
    seen.put(identity("1"), mark);
    expect(seen.isCurrent(mark, 1_000)).toBe(true);
    Object.assign(mark, { place, addedAt: 1_000 });
    expect(seen.isCurrent(mark, 1_099)).toBe(true);
    expect(seen.isCurrent(mark, 1_100)).toBe(false);
    expect([seen.hasOlder(1_099), seen.hasOlder(1_100)]).toEqual([false, true]);
  });

  it("is forgotten after the window, but not while its message may be there", () => {
    const seen = createSeen(100, 10);
    for (const id of ["1", "2"]) seen.put(identity(id), { place, addedAt: 0 });
    seen.prune(10, 99, gone);
    expect(seen.find(identity("1"))).toBeDefined();
    seen.prune(10, 100, { new: 5, later: 0 });
    seen.prune(10, 500, { new: 5, later: 0 });
    expect(seen.find(identity("1"))).toBeDefined();
    // It went back: another message holds it now.
    seen.move(identity("2"), { stream: "later", sequence: 9 });
    seen.prune(10, 500, gone);
    expect(seen.find(identity("1"))).toBeUndefined();
    expect(seen.find(identity("2"))?.place).toEqual({ stream: "later", sequence: 9 });
    seen.prune(10, 500, { new: 6, later: 10 });
    expect(seen.find(identity("2"))).toBeUndefined();
  });

  it("is no more than it may be, the newest, by whatever names and ids it came", () => {
    const seen = createSeen(100, 1_000);
    const long = "x".repeat(300);
    for (let index = 0; index < 5_000; index++) {
      seen.put({ destination: "d", name: `n${index % 700}`, id: `${long}${index}` }, { place, addedAt: 0 });
      seen.prune(1, 0, undefined);
    }
    const kept = Array.from({ length: 5_000 }, (_, index) =>
      seen.find({ destination: "d", name: `n${index % 700}`, id: `${long}${index}` }),
    );
    expect(kept.map((mark) => mark !== undefined)).toEqual([...Array(4_000).fill(false), ...Array(1_000).fill(true)]);
  });

  it("has a parcel again that is added again after the window", () => {
    const seen = createSeen(100, 10);
    seen.put(identity("1"), { place, addedAt: 0 });
    seen.prune(1, 100, { new: 5, later: 0 });
    seen.put(identity("1"), { place: { stream: "new", sequence: 8 }, addedAt: 150 });
    seen.prune(10, 200, gone);
    expect(seen.find(identity("1"))?.place?.sequence).toBe(8);
    seen.prune(10, 250, { new: 9, later: 0 });
    expect(seen.find(identity("1"))).toBeUndefined();
  });
});

describe("a shelf", () => {
  const at = (time: number) => ({ wall: time, steady: time });
  const packetOf = (parcels: readonly PackedParcel[], id: string) => unpack(pack("d", parcels.map(toRecord)), id);
  const pulled = (sequence: number, change = {}) => ({
    ...{ data: new Uint8Array(), subject: "", reply: `reply ${sequence}`, consumer: "", isDeletion: false },
    ...{ sequence, deliveries: 1, storedAt: 0, left: 0 },
    ...change,
  });
  const put = (
    shelf: ReturnType<typeof createShelf>,
    stream: "new" | "later",
    sequence: number,
    dueAts: Record<string, number>,
    { now = 0, ...change }: { now?: number; deliveries?: number; storedAt?: number } = {},
  ): Held => {
    const parcels = Object.entries(dueAts).map(([id, dueAt]) => ({ parcel: parcel(id), attempts: 0, dueAt }));
    const packet = packetOf(parcels, `${stream}.${sequence}`);
    return shelf.put(stream, pulled(sequence, change), packet, { lease: 1_000, leaseEnd: now + 1_000 }, at(now));
  };
  const give = (shelf: ReturnType<typeof createShelf>, most: number, time: number) =>
    shelf.give(most, at(time)).parcels.map(({ id }) => id);

  it("gives what comes back first, by its times across messages, each when it is due, then what is new", () => {
    const shelf = createShelf();
    put(shelf, "new", 1, { n1: 0, n2: 0 });
    put(shelf, "later", 1, { a: 100, c: 300 });
    put(shelf, "later", 2, { b: 200, d: 400 });
    expect(shelf.nextDueAt(at(0))).toBe(0);
    expect(give(shelf, 1, 50)).toEqual(["n1"]);
    expect(give(shelf, 9, 300)).toEqual(["a", "b", "c", "n2"]);
    expect(shelf.nextDueAt(at(300))).toBe(400);
    expect(give(shelf, 9, 400)).toEqual(["d"]);
    expect(give(shelf, 9, 900)).toEqual([]);
  });

  it("does not give again what is settled when a message comes again, and gives the rest as returned", () => {
    const shelf = createShelf();
    const held = put(shelf, "new", 1, { a: 0, b: 0, c: 0 });
    expect(give(shelf, 2, 0)).toEqual(["a", "b"]);
    shelf.settle({ held, index: 1 });
    shelf.settle({ held, index: 1 });
    expect([held.open, held.given, shelf.settled]).toEqual([2, 1, 1]);
    shelf.lapse(at(1_000));
    expect([...shelf.held]).toEqual([]);
    expect(give(shelf, 9, 1_000)).toEqual([]);
    // Late, and heeded: it is known when the message comes again.
    const lapsed = shelf.find("new.1");
    expect(lapsed?.isLapsed).toBe(true);
    if (lapsed) shelf.settle({ held: lapsed, index: 0 });
    put(shelf, "new", 2, { n: 0 }, { now: 1_000 });
    put(shelf, "new", 1, { a: 0, b: 0, c: 0 }, { now: 1_000, deliveries: 2 });
    expect(give(shelf, 9, 1_000)).toEqual(["c", "n"]);
  });

  it("takes a message of the same number for another when it was stored at another time", () => {
    const shelf = createShelf();
    const held = put(shelf, "new", 1, { a: 0 });
    shelf.settle({ held, index: 0 });
    put(shelf, "new", 1, { b: 0 }, { storedAt: 7 });
    expect(give(shelf, 9, 0)).toEqual(["b"]);
  });

  it("knows when what was put back is due, looks for it for a while, then leaves it to others", () => {
    const shelf = createShelf();
    expect(shelf.nextDueAt(at(0))).toBeUndefined();
    shelf.expect(4, 500);
    shelf.expect(3, 800);
    expect([shelf.nextDueAt(at(0)), shelf.known]).toEqual([500, 2]);
    expect([shelf.expectsNow(at(499)), shelf.expectsNow(at(500))]).toEqual([false, true]);
    expect(shelf.nextDueAt(at(600))).toBe(700);
    put(shelf, "later", 4, { a: 500 }, { now: 600 });
    expect(give(shelf, 9, 600)).toEqual(["a"]);
    expect(shelf.nextDueAt(at(600))).toBe(800);
    shelf.lapse(at(3_000));
    expect(shelf.nextDueAt(at(3_000))).toBeUndefined();
    expect(shelf.known).toBe(0);
  });

  it("forgets nothing of what is under way when a message was read past its consumer", () => {
    const shelf = createShelf();
    const read = shelf.put(
      "new",
      pulled(1, { reply: "" }),
      packetOf([{ parcel: parcel("a"), attempts: 0, dueAt: 0 }], "new.1"),
      { lease: 1_000, leaseEnd: 1_000 },
      at(0),
    );
    expect(shelf.giveAnyhow(read, 5, at(0))).toEqual([{ index: 0, wasGiven: false }]);
    expect(put(shelf, "new", 1, { a: 0 })).toBe(read);
    expect(read.pulled.reply).toBe("reply 1");
    expect(give(shelf, 9, 0)).toEqual([]);
  });
});
