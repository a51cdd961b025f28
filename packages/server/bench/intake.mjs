// Requests a second that the collector takes for two destinations, with an outbox that keeps nothing and into
// sqliteOutbox, beside a bare node:http server that parses the same JSON and answers 202: in turns, medians, with the
// delay of each one's event loop. With `slow-sync` each sync of the disk takes 20 ms longer (by strace, where it may be
// used).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median, perSecond } from "./figures.mjs";
import { postForSeconds } from "./load.mjs";

const slowSync = process.argv.includes("slow-sync");
const rounds = Number(process.argv.find((arg) => /^\d+$/.test(arg)) ?? 5);
const seconds = 3;
/** Until the engine has compiled what runs often. */
const warmUp = 4;
const connections = 64;
/** Servers by their kind, and how the table names them. */
const kinds = { bare: "bare", alone: "nothing kept", sqlite: "sqliteOutbox" };
const tracing = "-f --seccomp-bpf -qq -o /dev/null -e trace=fsync,fdatasync -e inject=fsync,fdatasync:delay_exit=20000";

const time = Date.now();
const eventText = JSON.stringify({
  id: "00000000-0000-4000-8000-#",
  name: "AddToCart",
  time,
  properties: { currency: "EUR", value: 21.97, contents: [{ id: "1234", quantity: 2, price: 9.99 }] },
  matchKeys: { meta: { em: "b".repeat(64) }, tiktok: { email: "b".repeat(64) } },
  context: {
    source: "web",
    page: { url: "https://shop.example/cart", title: "Cart" },
    locale: "en-US",
    clicks: { fbp: "fb.1.1558571054389.1098115397", ttclid: "E.C.P.AbC" },
  },
  consent: { advertising: true },
  tags: [],
});

const folder = mkdtempSync(join(tmpdir(), "beaconry-bench-"));
let made = 0;
try {
  console.log(
    `${connections} connections, median of ${rounds} rounds of ${seconds} s in turns, each after ${warmUp} s; event loop delay in ms`,
  );
  if (slowSync) console.log("Each sync of the collector's disk takes 20 ms longer");
  const titles = ["requests/s", "ratio", "delay p50", "p99", "longest"];
  console.log(`\n${"".padEnd(28)} ${titles.map((title) => title.padStart(11)).join("")}`);
  for (const events of [1, 10]) {
    const figures = { bare: [], alone: [], sqlite: [] };
    for (let round = 0; round < rounds; round++) {
      for (const kind of Object.keys(kinds)) figures[kind].push(await measure(kind, events));
    }
    const middle = (kind, name) => median(figures[kind].map((figure) => figure[name]));
    for (const [kind, title] of Object.entries(kinds)) {
      const cells = [
        perSecond(middle(kind, "rate")),
        (middle(kind, "rate") / middle("bare", "rate")).toFixed(2),
        ...["p50", "p99", "longest"].map((name) => middle(kind, name).toFixed(1)),
      ];
      const name = `${events} event${events > 1 ? "s" : ""}, ${title}`;
      console.log(`${name.padEnd(28)} ${cells.map((cell) => cell.padStart(11)).join("")}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(kind, events) {
  const script = fileURLToPath(new URL("./intake-server.mjs", import.meta.url));
  const args = [script, kind, join(folder, `${made++}.db`)];
  const stdio = ["ignore", "inherit", "inherit", "ipc"];
  const child =
    slowSync && kind === "sqlite"
      ? spawn("strace", [...tracing.split(" "), process.execPath, ...args], { stdio })
      : spawn(process.execPath, args, { stdio });
  const ended = once(child, "exit");
  try {
    const [{ port }] = await once(child, "message");
    const load = { port, connections, makeBody: () => makeBody(events) };
    await postForSeconds({ ...load, seconds: warmUp });
    child.send("start");
    const rate = await postForSeconds({ ...load, seconds });
    child.send("report");
    const [delays] = await once(child, "message");
    return { rate, ...delays };
  } finally {
    child.disconnect();
    await ended;
  }
}

/** A batch as the pixel sends it; put together from texts, since what it costs is taken from the server. */
function makeBody(count) {
  const events = Array.from({ length: count }, () => eventText.replace("#", () => String(made++).padStart(12, "0")));
  return `{"sentAt":${time},"events":[${events.join()}]}`;
}
