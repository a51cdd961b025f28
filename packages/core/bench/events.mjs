// Events built per second, to JSON: all contenders in turns in one process, medians of the rounds, ratios to the
// hand-written one.
import { contenders } from "./contenders.mjs";
import { orderOf } from "./order.mjs";

const rounds = 15;
const eventsARound = 10_000;
const rates = new Map(Object.keys(contenders).map((name) => [name, []]));
const peaks = new Map();

let number = 0;
for (let round = -2; round < rounds; round++) {
  for (const [name, build] of Object.entries(contenders)) {
    const orders = Array.from({ length: eventsARound }, () => orderOf(number++));
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const start = performance.now();
    let bytes = 0;
    for (const order of orders) bytes += build(order).length;
    const seconds = (performance.now() - start) / 1000;
    if (bytes < eventsARound * 500) throw new Error(`${name} built too little`);
    // The first two rounds warm up.
    if (round < 0) continue;
    rates.get(name).push(eventsARound / seconds);
    peaks.set(name, Math.max(peaks.get(name) ?? 0, process.memoryUsage().heapUsed - before));
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const base = median(rates.get("hand-written"));
console.log(`${rounds} rounds of ${eventsARound} events each, in turns, Node ${process.version}; medians\n`);
console.log(`${"".padEnd(30)} ${"events/s".padStart(10)} ${"ratio".padStart(7)} ${"heap MB".padStart(8)}`);
for (const [name, values] of rates) {
  const rate = median(values);
  const heap = (peaks.get(name) / 1e6).toFixed(1);
  console.log(
    `${name.padEnd(30)} ${Math.round(rate).toLocaleString("en").padStart(10)} ${(rate / base).toFixed(2).padStart(7)} ${heap.padStart(8)}`,
  );
}
