import fc from "fast-check";
import { expect, test } from "vitest";
import { cutBatch } from "../src/batch.js";

test("any list of events is cut into valid envelopes of limited size, in order, without loss", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 8000 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (texts, most) => {
      const out: string[] = [];
      const left = [...texts];
      while (left.length) {
        const { body, count } = cutBatch(left, JSON.stringify, most, 1_760_000_000_000);
        expect(count).toBeGreaterThan(0);
        expect(count).toBeLessThanOrEqual(most);
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(60 * 1024);
        const { sentAt, events } = JSON.parse(body);
        expect(sentAt).toBe(1_760_000_000_000);
        expect(events).toHaveLength(count);
        out.push(...events);
        left.splice(0, count);
      }
      expect(out).toEqual(texts);
    }),
    { numRuns: 50 },
  );
});

test("an item larger than a request gives none", () => {
  expect(cutBatch(["x".repeat(61_440)], JSON.stringify, 5, 0).count).toBe(0);
  expect(cutBatch([], JSON.stringify, 5, 0)).toEqual({ body: '{"sentAt":0,"events":[]}', count: 0 });
});
