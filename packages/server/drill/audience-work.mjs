// Work of the audience drill in a process of its own, so that memory and kills are its alone:
// node audience-work.mjs sync|bare JSON

import { hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { syncAudience, tiktokBusiness } from "../dist/tiktok-business.js";

const [work, given] = process.argv.slice(2);
const { url, csv, ...options } = JSON.parse(given);

/** Reads the lines and hashes the first column: what cannot be left out. */
async function readAndHash() {
  let rows = 0;
  for await (const line of createInterface({ input: createReadStream(csv), crlfDelay: Number.POSITIVE_INFINITY })) {
    hash("sha256", line.slice(0, line.indexOf(",")).trim().toLowerCase(), "hex");
    rows++;
  }
  return { rows };
}

/** The whole synchronisation; `reading` is the part from the first rows to the last. */
async function sync() {
  let from;
  let to;
  const { audiences } = tiktokBusiness({ accessToken: "token", baseUrl: url, callsPerSecond: 1_000 });
  const run = await syncAudience({
    audiences,
    csv,
    ...options,
    onProgress: ({ stage }) => {
      if (stage !== "reading") return;
      to = performance.now();
      from ??= to;
    },
  });
  return { run, reading: to - from };
}

const start = performance.now();
const result = work === "bare" ? await readAndHash() : await sync();
const { maxRSS } = process.resourceUsage();
process.stdout.write(JSON.stringify({ ...result, time: performance.now() - start, peak: maxRSS * 1_024 }));
