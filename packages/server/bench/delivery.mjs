// Delivery into a stub that answers at once, beside a bare loop: in turns in one process, medians of the rounds, ratios
// to the bare loop. The outbox is in memory: what it costs on disk is another benchmark's.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createEvent } from "@beaconry/core";
import { toAppEvents, toConversion } from "@beaconry/core/meta";
import { createTracker, memoryOutbox, metaAppEvents, metaConversions } from "@beaconry/server";
import { undiciTransport } from "@beaconry/server/undici";
import { Agent, request } from "undici";

const rounds = 7;
const stub = fork(new URL("delivery-stub.mjs", import.meta.url));
const [port] = await once(stub, "message");
const baseUrl = `http://127.0.0.1:${port}`;
const time = Date.now();
const day = 86_400_000;

await compare("Conversions API, 1,000 events a request, 4 at once, fetch", "events/s", 100_000, {
  "bare JSON.stringify + fetch": bareConversions,
  "Beaconry, outbox to vendor": ownConversions,
  "the same, JSON.stringify and outbox.add too": ownConversionsWithIntake,
});
await compare("App Events, one device a request, 50 at once, undici", "requests/s", 15_000, {
  "bare undici.request": bareAppEvents,
  "Beaconry, outbox to vendor": ownAppEvents,
});
stub.disconnect();

/** An order as Meta takes it, about a kilobyte. */
function conversionOf(number) {
  const event = createEvent(
    "Purchase",
    { currency: "EUR", value: 21.97, contents: [{ id: "1234", quantity: 2, price: 9.99 }] },
    {
      id: `order-${number}`,
      time,
      consent: { advertising: true },
      user: {
        email: "shopper@example.com",
        phone: "+16505551234",
        firstName: "Ada",
        city: "London",
        externalId: `${number % 999}`,
      },
      context: {
        source: "web",
        page: { url: "https://shop.example/thanks?order=7" },
        ip: "168.212.226.204",
        userAgent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36",
        clicks: { fbp: "fb.1.1558571054389.1098115397", fbc: "fb.1.1554763741205.AbCdEf" },
      },
    },
  );
  return toConversion(event).body;
}

function parcelOf(destination, id, group, body) {
  return { destination, name: "Purchase", id, time, expiresAt: time + day, group, body };
}

function bareConversions(count) {
  const events = Array.from({ length: count }, (_, number) => conversionOf(number));
  return async () => {
    await atOnce(4, count / 1_000, async (batch) => {
      const body = JSON.stringify({ data: events.slice(batch * 1_000, (batch + 1) * 1_000) });
      const headers = { "Content-Type": "application/json", Authorization: "Bearer t" };
      const response = await fetch(`${baseUrl}/v26.0/1/events`, { method: "POST", headers, body });
      await response.text();
    });
  };
}

async function ownConversions(count) {
  const options = await filledOutbox(Array.from({ length: count }, (_, number) => conversionOf(number)));
  return () => deliver(count, options);
}

function ownConversionsWithIntake(count) {
  const events = Array.from({ length: count }, (_, number) => conversionOf(number));
  return async () => deliver(count, await filledOutbox(events));
}

async function filledOutbox(events) {
  const outbox = memoryOutbox({ maxParcels: events.length });
  for (let from = 0; from < events.length; from += 100) {
    const batch = events.slice(from, from + 100);
    await outbox.add(batch.map((event) => parcelOf("meta", event.event_id, "", JSON.stringify(event))));
  }
  return { outbox, destinations: [metaConversions({ datasetId: "1", accessToken: "t", baseUrl })] };
}

/** What the app of one device sends, as form and as parcel. */
function appEventOf(number) {
  const event = createEvent(
    "Purchase",
    { currency: "EUR", value: 21.97, contents: [{ id: "1234", quantity: 2, price: 9.99 }] },
    {
      id: `order-${number}`,
      time,
      consent: { advertising: true, advertiserTracking: true, applicationTracking: true },
      user: { email: `shopper${number}@example.com` },
      context: {
        source: "app",
        ip: "168.212.226.204",
        app: { id: "com.example.shop", version: "1.2.3", build: "45" },
        device: {
          platform: "android",
          osVersion: "15",
          advertisingId: `38400000-8cf0-11bd-b23e-${String(number).padStart(12, "0")}`,
        },
      },
    },
  );
  const { device, forwardedFor, customEvent } = toAppEvents(event).body;
  return { id: event.id, group: JSON.stringify({ device, forwardedFor }), body: JSON.stringify(customEvent) };
}

function bareAppEvents(count) {
  const destination = metaAppEvents({ appId: "1", appSecret: "s", baseUrl });
  const requests = Array.from({ length: count }, (_, number) => {
    const { group, body } = appEventOf(number);
    return destination.request(group, [body]);
  });
  return async () => {
    const dispatcher = new Agent({ connections: 50 });
    await atOnce(50, count, async (index) => {
      const { url, headers, body } = requests[index];
      const answer = await request(url, { method: "POST", headers, body, dispatcher });
      await answer.body.text();
    });
    await dispatcher.close();
  };
}

async function ownAppEvents(count) {
  const events = Array.from({ length: count }, (_, number) => appEventOf(number));
  const outbox = memoryOutbox({ maxParcels: count });
  await outbox.add(events.map(({ id, group, body }) => parcelOf("meta-app", id, group, body)));
  return async () => {
    const transport = undiciTransport({ connections: 50 });
    const destinations = [metaAppEvents({ appId: "1", appSecret: "s", baseUrl, concurrency: 50 })];
    await deliver(count, { destinations, outbox, transport });
    await transport.close();
  };
}

async function deliver(count, options) {
  const tracker = createTracker(options);
  const { delivered } = await tracker.flush();
  if (delivered !== count) throw new Error(`${delivered} of ${count} were delivered`);
  await tracker.close();
}

/** Runs the work `count` times, `most` of them at once. */
async function atOnce(most, count, work) {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: most }, worker));
}

async function compare(title, unit, count, contenders) {
  const rates = new Map(Object.keys(contenders).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, prepare] of Object.entries(contenders)) {
      const run = await prepare(count);
      globalThis.gc?.();
      const start = performance.now();
      await run();
      // The first two rounds warm up.
      if (round >= 0) rates.get(name).push((count * 1_000) / (performance.now() - start));
    }
  }
  const base = median([...rates.values()][0]);
  console.log(
    `\n${title}: ${rounds} rounds of ${count.toLocaleString("en")}, in turns, Node ${process.version}; medians`,
  );
  for (const [name, values] of rates) {
    const rate = median(values);
    const number = Math.round(rate).toLocaleString("en").padStart(10);
    console.log(`  ${name.padEnd(46)} ${number} ${unit}  ${(rate / base).toFixed(2)}`);
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
