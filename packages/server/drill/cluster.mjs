import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { median } from "../bench/figures.mjs";
import { createSandbox } from "../dist/sandbox.js";
import { engines } from "./engines.mjs";

const program = fileURLToPath(new URL("./cluster-process.mjs", import.meta.url));
const endpoints = ["tiktok.events", "meta.conversions"];

/** Pages that post batches at the same time, events in each, and how long a page waits before the next, ms. */
const pages = 12;
const batch = 5;
const pause = 150;
/** How long a page tries to get rid of a batch, ms; then it is not counted. */
const longestTry = 60_000;
/** How long the vendors take for an answer, from and to, ms. */
const answerTime = [20, 100];
/** Quiet before each fault, ms: so long the figures are taken that it is held against. */
const calm = 4_000;
/** A second with this part of the usual events is as before; so long, ms, it is waited for. */
const backPart = 0.8;
const longestBack = 60_000;
/** ms in which throughput must be back. */
const soon = 10_000;
/** How long what is left may take to be delivered at the end, ms. */
const patience = 120_000;

/**
 * Two collectors, three workers and an engine under load. Each round one of them is killed and, when events flow as
 * before, started again. Everything that a collector answered 202 for must have come to both vendors at the end.
 * @param {{ name: string, engine: keyof typeof engines, rounds: number }} options
 */
export async function drillCluster({ name, engine: engineName, rounds }) {
  const start = performance.now();
  const sandbox = await createSandbox({ maxEvents: 1, maxRequests: 1 });
  // So that whoever is killed has requests under way.
  sandbox.faults.add({ kind: "latency", delay: answerTime });
  const engine = await engines[engineName]({ servers: 3 });
  const processes = { collector: [], worker: [] };
  const sent = new Set();
  const kept = new Set();
  const dead = [];
  const flow = { kept: [], delivered: [] };
  /** Copies by endpoint, then id. */
  const copies = new Map(endpoints.map((endpoint) => [endpoint, new Map()]));
  const strangers = new Set();
  sandbox.on(({ endpoint, id }) => {
    const ofEndpoint = copies.get(endpoint);
    if (!ofEndpoint.has(id)) flow.delivered.push(performance.now());
    ofEndpoint.set(id, (ofEndpoint.get(id) ?? 0) + 1);
    if (!sent.has(id)) strangers.add(id);
  });

  async function startProcess(role) {
    const options = { role, outbox: engine.outbox, url: sandbox.url };
    const child = fork(program, [JSON.stringify(options)], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const [{ port }] = await once(child, "message");
    child.on("message", (message) => dead.push(message));
    const one = { child, port };
    processes[role].push(one);
    return one;
  }

  async function killProcess(role, number) {
    const all = processes[role];
    const [victim] = all.splice(number % all.length, 1);
    const ended = once(victim.child, "exit");
    victim.child.kill("SIGKILL");
    await ended;
    return () => startProcess(role);
  }

  const faults = {
    "a worker killed": (round) => killProcess("worker", round),
    "a collector killed": (round) => killProcess("collector", round),
    ...engine.faults,
  };
  const recoveries = new Map(Object.keys(faults).map((fault) => [fault, []]));
  const problems = [];
  let isOver = false;
  let pagesDone;
  try {
    const roles = ["collector", "collector", "worker", "worker", "worker"];
    await Promise.all(roles.map((role) => startProcess(role)));
    pagesDone = Promise.all(Array.from({ length: pages }, (_, page) => visit(page)));
    await sleep(calm);
    for (let round = 0; round < rounds; round++) {
      const [fault, strike] = Object.entries(faults)[round % Object.keys(faults).length];
      await sleep(calm);
      const intake = rateOf(flow.kept, calm);
      // What is delivered meanwhile may be what the last fault has held up.
      const usual = { kept: intake, delivered: Math.min(rateOf(flow.delivered, calm), intake * endpoints.length) };
      const struck = performance.now();
      const mend = await strike(round);
      const took = await Promise.all(Object.keys(flow).map((kind) => timeToBack(flow[kind], struck, usual[kind])));
      recoveries.get(fault).push(Math.max(...took));
      await mend();
      await sleep(1_000);
      for (const times of Object.values(flow)) times.splice(0, times.length);
    }
    isOver = true;
    await pagesDone;
    const end = performance.now() + patience;
    const isMissing = (id) => [...copies.values()].some((ofEndpoint) => !ofEndpoint.has(id));
    while (performance.now() < end && [...kept].some(isMissing)) await sleep(200);
    // What a killed process had under way comes once more when its lease is over.
    await sleep(6_000);
  } finally {
    isOver = true;
    await pagesDone?.catch(() => undefined);
    for (const { child } of Object.values(processes).flat()) child.kill("SIGKILL");
    await engine.close();
    await sandbox.close();
  }

  /** A page that posts one batch after the other; what is refused or cut off it posts again, to any collector. */
  async function visit(page) {
    for (let number = 0; !isOver; number++) {
      const ids = Array.from({ length: batch }, (_, at) => `${page}-${number}-${at}`);
      for (const id of ids) sent.add(id);
      const body = () => JSON.stringify({ sentAt: Date.now(), events: ids.map(toEvent) });
      for (const end = performance.now() + longestTry; performance.now() < end; await sleep(100)) {
        const collectors = processes.collector;
        const { port } = collectors[Math.floor(Math.random() * collectors.length)] ?? {};
        if (!port || !(await post(port, body()))) continue;
        const now = performance.now();
        for (const id of ids) {
          kept.add(id);
          flow.kept.push(now);
        }
        break;
      }
      await sleep(pause * (0.5 + Math.random()));
    }
  }

  let missing = 0;
  let again = 0;
  for (const [endpoint, ofEndpoint] of copies) {
    const lost = [...kept].filter((id) => !ofEndpoint.has(id));
    if (lost.length > 0) problems.push(`${lost.length} acknowledged events never came to ${endpoint}: ${lost[0]}, …`);
    missing += lost.length;
    for (const count of ofEndpoint.values()) again += count - 1;
  }
  if (kept.size === 0) problems.push("nothing was acknowledged: the drill shows nothing");
  if (dead.length > 0) problems.push(`${dead.length} dead letters: ${JSON.stringify(dead[0])}`);
  if (strangers.size > 0) problems.push(`${strangers.size} ids came that nobody sent: ${[...strangers][0]}`);
  const back = {};
  for (const [fault, times] of recoveries) {
    if (times.length === 0) continue;
    back[fault] = `${Math.round(median(times))} ms, at most ${Math.round(Math.max(...times))}`;
    if (Math.max(...times) > soon)
      problems.push(`${fault}: throughput was back after ${Math.round(Math.max(...times))} ms`);
  }
  const seconds = Math.round((performance.now() - start) / 1_000);
  return { name, rounds, kept: kept.size, missing, again, "throughput back, median": back, seconds, problems };
}

function toEvent(id) {
  const email = "b".repeat(64);
  return {
    id,
    name: "Purchase",
    time: Date.now(),
    properties: { currency: "EUR", value: 21.97 },
    matchKeys: { meta: { em: email }, tiktok: { email } },
    context: { source: "web", page: { url: "https://shop.example/thanks" } },
    consent: { advertising: true },
    tags: [],
  };
}

/** Whether the collector has taken all of it. */
async function post(port, body) {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/collect`, {
      method: "POST",
      body,
      headers: { "content-type": "text/plain", "user-agent": "Mozilla/5.0 (drill)" },
      signal: AbortSignal.timeout(30_000),
    });
    const answer = await response.json();
    return response.status === 202 && answer.rejected.length === 0;
  } catch {
    return false;
  }
}

/** Events a second in the last milliseconds. */
function rateOf(times, milliseconds) {
  const since = performance.now() - milliseconds;
  return (times.filter((time) => time >= since).length / milliseconds) * 1_000;
}

/** Milliseconds from the fault to the first second in which events flow as before. */
async function timeToBack(times, struck, usual) {
  const enough = usual * backPart;
  for (let from = struck; from < struck + longestBack; from += 100) {
    await sleep(Math.max(from + 1_000 - performance.now(), 0));
    if (times.filter((time) => time >= from && time < from + 1_000).length >= enough) return from - struck;
  }
  return longestBack;
}
